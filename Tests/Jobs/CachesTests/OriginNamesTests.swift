import CaissonBuildModel
import CaissonCaches
import Testing

struct OriginNamesTests {
    /// Whether a record is found by a step's name, and surely.
    private static func origin(
        _ description: String,
        _ step: String,
        kind: CacheRecordKind = .regular
    )
        -> RecordOrigin.Certainty?
    {
        let time = Timestamp(seconds: 5)
        let record = CacheRecord(id: "x", kind: kind, description: description, created: time)
        let steps = [PastStep(name: step, started: time, ended: time)]
        let build = PastBuild(id: BuildID(), series: "", engine: "e", time: (time, time), steps: steps)
        return RecordOrigins(of: [record], engine: "e", builds: [build]).origin(of: "x")?.certainty
    }

    @Test(arguments: [
        ("echo $A", "echo 1", true), ("echo $A", "echo ", true), ("echo ${A:-x} b", "echo 1 2 b", true),
        ("echo ${A:-${B}}c", "echo c", true), ("echo ${A", "echo 1", false), ("echo ${ ${B}", "echo ${ 1", true),
        ("echo $1", "echo 1", false), ("echo $", "echo 1", false), ("$A", "anything", true),
        ("a $A b $B c", "a 1 b 2 c", true), ("a $A b $B c", "a 1 c", false), ("a $A aab $B c", "a aaab c", false),
        ("a ${A}aab$B c", "a aaaab c", true), ("ab$A", "a", false), ("a$A a", "a", false), ("$A$B", "x", true),
        ("echo $A_b c", "echo c", false), ("echo $A_b c", "echo 1 c", true), ("echo ${}", "echo é", true),
        ("$A make", "make", true), ("a $A $B", "a", true), ("a $A b", "a b", false),
    ])
    func `A command with variables is found by its values`(command: String, name: String, isFound: Bool) {
        let description = "mount / from exec /bin/sh -c \(command)"
        #expect(Self.origin(description, "[b 1/1] RUN \(name)") == (isFound ? .likely : nil))
        let isSame = Self.origin(description, "[b 1/1] RUN \(command)")
        #expect(isSame != nil)
    }

    @Test(arguments: [
        (#"["a"]"#, "a", true), (#"[ "a" , "b" ]"#, "a b", true), (#"["a\"b\\\n"]"#, "a\"b\\", true),
        (#"["a",]"#, "a", false), (#"["a" "b"]"#, "a b", false), (#"["a"#, "a", false), (#"[a]"#, "a", false),
        (#"["\q"]"#, "q", false), (#"["a]"#, "a", false), ("[]", "", false),
        (#"["/bin/sh","-euxc","make all"]"#, "make all", true),
    ])
    func `A command in the form of a list is found by its words`(list: String, command: String, isFound: Bool) {
        #expect((Self.origin("mount / from exec \(command)", "[b 1/1] RUN \(list)") != nil) == isFound)
    }

    @Test(arguments: [
        ("cached mount /c from exec /bin/sh -c make with id \"/go\"", "[b 1/1] RUN --mount=type=cache,target=/c make"),
        ("cached mount /c from exec /bin/sh -c make", "[b 1/1] RUN  --network=none\t --mount=x make"),
        ("git snapshot for https://a.example/b.git#main:sub", "[b 2/2] ADD https://a.example/b.git#main /x"),
        ("shared git repo for https://a.example/b.git", "[internal] load git source https://a.example/b.git#main"),
        ("local source for docs", "[context docs] load from client"),
        ("local source for context", "[internal] load .dockerignore"),
        ("pulled from docker.io/library/a:1@sha256:00", "docker-image://docker.io/library/a:1@sha256:11"),
        ("any words of a front end", "any words of a front end"),
    ])
    func `Other records are found by what their steps are called`(description: String, step: String) {
        let isMount = description.hasPrefix("cached")
        #expect(Self.origin(description, step, kind: isMount ? .cacheMount : .regular) == .sure)
    }

    @Test
    func `Any text is taken as a description and as a name`() {
        let words = [
            "mount / from exec ", "cached mount ", " from exec ", " with id \"", "local source for ", "pulled from ",
            "http url ", "#", "[b 1/2] ", "RUN ", "--mount=", "<<E (", "...)", "ADD ", "FROM ", "://", "[\"", "\", \"",
            "\"]", "\\", "$", "${", "}", "{", "$A", " ", "\n", "[internal] load ", "[context ", "] ", "\u{301}",
            "\u{0}", "🐳", "\r\n", "/bin/sh -c ", "@sha256:",
        ]
        for seed in 0..<5000 {
            var random = SeededGenerator(state: UInt64(seed))
            func text(_ random: inout SeededGenerator) -> String {
                let parts = (0..<Int.random(in: 0...9, using: &random)).map { _ in words.randomElement(using: &random) }
                let noise = (0..<Int.random(in: 0...6, using: &random)).map { _ in
                    UInt8.random(in: 0...255, using: &random)
                }
                let known = parts.compactMap { $0 }.joined()
                return random.chance(50) ? known + String(decoding: noise, as: UTF8.self) : known
            }
            let kind: CacheRecordKind = random.chance(50) ? .cacheMount : .regular
            let description = text(&random)
            _ = Self.origin(description, text(&random), kind: kind)
            // What has its step's name is found by it, unless it is read as something else.
            let name = "x" + description
            #expect(Self.origin(name, name, kind: kind) != nil, "seed \(seed)")
        }
    }

    @Test(.timeLimit(.minutes(5)), arguments: ["${", "${}", "$A", "--a ", "-c ", "\"", "[\"", "a://b ", "{", "\n"])
    func `Long texts of one piece take no long time`(piece: String) {
        let text = String(repeating: piece, count: 50_000)
        for length in [1000, 4000, 200_000] {
            let short = String(decoding: text.utf8.prefix(length), as: UTF8.self)
            for start in ["RUN ", "RUN [", "ADD ", "[internal] load git source "] {
                _ = Self.origin("mount / from exec \(short)", "[b 1/1] \(start)\(short)")
                _ = Self.origin(short, start + short, kind: .cacheMount)
            }
        }
    }
}
