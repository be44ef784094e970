import CaissonBuildModel
import Testing

@Suite("Outputs")
struct ExportSpecParsingTests {
    static let cases: [(String, ExportSpec)] = [
        ("out", .local(directory: "out", attributes: [:])),
        ("/a b/c", .local(directory: "/a b/c", attributes: [:])),
        ("./a=b", .local(directory: "./a=b", attributes: [:])),
        ("-", .tar(.standardOutput, attributes: [:])),
        ("type=local,dest=out", .local(directory: "out", attributes: [:])),
        ("type=local,dest=a=b", .local(directory: "a=b", attributes: [:])),
        ("type=local,\"dest=a,b\"", .local(directory: "a,b", attributes: [:])),
        ("type=local,\"dest=a\"\"b\"", .local(directory: "a\"b", attributes: [:])),
        ("type=local,dest=o,platform-split=false", .local(directory: "o", attributes: ["platform-split": "false"])),
        ("TYPE=tar, DEST=-", .tar(.standardOutput, attributes: [:])),
        ("type=tar", .tar(.standardOutput, attributes: [:])),
        ("type=tar,dest=a.tar", .tar(.path("a.tar"), attributes: [:])),
        ("type=oci,dest=a.tar,tar=true", .oci(.path("a.tar"), attributes: [:])),
        ("type=oci,tar=0,dest=d", .oci(.path("d"), attributes: ["tar": "false"])),
        ("type=docker,dest=d,tar=false", .docker(.path("d"), attributes: ["tar": "false"])),
        ("type=local,dest=o,mode=delete", .local(directory: "o", attributes: ["mode": "delete"])),
        ("type=oci", .oci(.standardOutput, attributes: [:])),
        ("type=docker", .docker(nil, attributes: [:])),
        ("type=docker,dest=-", .docker(.standardOutput, attributes: [:])),
        ("type=docker,dest=d.tar,name=a:b", .docker(.path("d.tar"), attributes: ["name": "a:b"])),
        ("type=image", .image(attributes: [:], isPushed: false)),
        ("type=image,push=false", .image(attributes: [:], isPushed: false)),
        ("type=image,\"name=a,b:2\",push=true", .image(attributes: ["name": "a,b:2"], isPushed: true)),
        (
            "type=image,compression=zstd,compression-level=3,force-compression=1",
            .image(
                attributes: ["compression": "zstd", "compression-level": "3", "force-compression": "1"],
                isPushed: false
            )
        ),
        (
            "type=registry,name=r.example/a",
            .image(attributes: ["name": "r.example/a", "unpack": "false"], isPushed: true)
        ),
        ("type=registry,unpack=true", .image(attributes: ["unpack": "true"], isPushed: true)),
        (
            "type=image,annotation.Org.x=1,annotation-index[linux/amd64].k=v=w",
            .image(attributes: ["annotation.Org.x": "1", "annotation-index[linux/amd64].k": "v=w"], isPushed: false)
        ),
        ("type=cacheonly", .cacheOnly),
    ]

    @Test("A good output is read and its description is read back as the same", arguments: cases)
    func good(text: String, export: ExportSpec) throws {
        #expect(try ExportSpec(parsing: text) == export)
        #expect(try ExportSpec(parsing: export.description) == export)
    }

    @Test(
        "A bad output is refused with what is wrong about it",
        arguments: [
            ("", "it is empty"),
            ("type=", "type is missing"),
            ("dest=out", "written ./dest=out"),
            ("dest=out,name=x", "type is missing"),
            ("type=local", "needs dest=DIRECTORY"),
            ("type=local,dest=", "needs dest=DIRECTORY"),
            ("type=local,dest=-", "use type=tar"),
            ("type=lokal,dest=x", "did you mean local?"),
            ("type=zip,dest=x", "type=local|tar|oci|docker|image|registry|cacheonly"),
            ("type=tar,dest=a,dest=b", "\"dest\" is given twice"),
            ("type=tar,des=a", "did you mean dest?"),
            ("type=image,dest=a", "no attribute \"dest\""),
            ("type=image,push=maybe", "must be true or false"),
            ("type=image,compression=lzma", "must be one of"),
            ("type=image,compression-level=high", "whole number"),
            ("type=image,name=Big", "must be lowercase"),
            ("type=image,annotation-foo.k=v", "no attribute"),
            ("type=registry,push=false", "always pushes"),
            ("type=oci,tar=false", "needs dest=DIRECTORY"), ("type=docker,tar=false,dest=-", "needs dest=DIRECTORY"),
            ("type=local,dest=o,mode=mirror", "must be copy or delete"),
            ("type=cacheonly,dest=x", "it takes none"),
            ("type=local,\"dest=x", "quotes"),
            ("type=local,dest=a\"b", "quotes"),
            ("type=local,dest=x,", "\"\" has no '='"),
            ("out,", "\"out\" has no '='"),
        ]
    )
    func bad(text: String, problem: String) {
        let error = #expect(throws: ParseError.self) { try ExportSpec(parsing: text) }
        #expect(error?.description.contains(problem) == true, "\(error?.description ?? "")")
    }
}
