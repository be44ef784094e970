import CaissonBuildModel
import Testing

@Suite("Secrets as flags spell them")
struct SecretSpecParsingTests {
    @Test(
        "A secret is read as buildx reads it",
        arguments: [
            ("id=a", SecretSpec(id: "a")), ("a", SecretSpec(id: "a")), ("a b", SecretSpec(id: "a b")),
            ("id=a,src=f", SecretSpec(id: "a", source: .file("f"))),
            ("ID=a,Source=f", SecretSpec(id: "a", source: .file("f"))),
            ("id=a,env=V", SecretSpec(id: "a", source: .environment("V"))),
            ("type=env,id=a,src=V", SecretSpec(id: "a", source: .environment("V"))),
            ("type=env,id=a", SecretSpec(id: "a", source: .environment("a"))),
            ("type=file,id=a", SecretSpec(id: "a", source: .file("a"))),
            ("type=file,id=a,src=f", SecretSpec(id: "a", source: .file("f"))),
            ("id=a,src=", SecretSpec(id: "a")), ("id=a=b,src=c=d", SecretSpec(id: "a=b", source: .file("c=d"))),
            ("id=a,rotate=true", SecretSpec(id: "a", rotates: true)), ("id=a,rotate=0", SecretSpec(id: "a")),
            (#"id=a,"src=f,g""#, SecretSpec(id: "a", source: .file("f,g"))),
        ]
    )
    func values(text: String, secret: SecretSpec) throws {
        #expect(try SecretSpec(parsing: text) == secret)
        #expect(try SecretSpec(parsing: secret.description) == secret)
    }

    @Test(
        "What is wrong is said",
        arguments: [
            ("", "id is missing"), ("src=f", "id is missing"), ("id=,src=f", "id is missing"), ("id=a,b", "no '='"),
            ("id=a,id=b", "\"id\" is given twice"), ("id=a,src=b,source=c", "\"src\" is given twice"),
            ("id=a,src=b,env=c", "both src and env"), ("id=a,type=file,env=c", "contradict"),
            ("id=a,type=x", "neither file nor env"), ("id=a,rotate=maybe", "neither true nor false"),
            ("id=a,scr=b", "did you mean src?"), ("id=a\nb", "control"), ("id=a\0", "NUL"), ("id=\"a", "quotes"),
        ]
    )
    func wrong(text: String, problem: String) {
        let error = #expect(throws: ParseError.self) { try SecretSpec(parsing: text) }
        #expect(error?.description.contains(problem) == true, "\(error?.description ?? "")")
    }

    @Test("A secret that was written into the flag isn't repeated")
    func leak() {
        for text in ["id=a,value=hunter2", "id=a,hunter2", "password=hunter2", "id=a,\"hunter2"] {
            let error = #expect(throws: ParseError.self) { try SecretSpec(parsing: text) }
            #expect(error?.description.contains("hunter2") == false, "\(error?.description ?? "")")
        }
    }

    @Test("The argument that a rotating secret sets has a name that ARG takes")
    func argument() {
        #expect(SecretSpec(id: "npm-Token.é1").rotationArgument == "CAISSON_SECRET_NPM_TOKEN___1")
    }
}
