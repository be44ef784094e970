import CaissonBuildModel
import Testing

@testable import CaissonTasks

/// Steps become Dockerfiles in which nothing but their command is run.
@Suite struct TaskDockerfileTests {
    private static let beginning = """
        # check=skip=all
        FROM scratch AS workspace-root
        WORKDIR /root/0
        FROM scratch AS workspace
        COPY --chmod=0777 --from=workspace-root /root/ /

        """
    private static let mounts = ["workspace", "artifacts"]
        .map {
            "--mount=type=cache,id=caisson-task-aaaaabbbbbcccccdddddeeeee-\($0),from=workspace,source=/0,"
                + "target=/\($0),sharing=shared"
        }

    private static func dockerfile(_ change: (inout TaskJob.Step) -> Void) -> String {
        var step = TaskJob.Step("one", image: .named("box:1"), command: "make")
        change(&step)
        return TaskDockerfile(run: .known).text(of: step, in: "t")
    }

    private static func expected(
        arg: String = "",
        env: String = "",
        directory: String = "/workspace",
        _ run: String
    ) -> String {
        beginning + """
            FROM docker.io/library/box:1 AS step
            \(arg)\(env)ENV ARTIFACT_DIR='/artifacts'
            ENV CAISSON_RUN_ID='aaaaabbbbbcccccdddddeeeee'
            ENV CAISSON_STEP_ID='one'
            ENV CAISSON_TASK_ID='t'
            ENV WORKSPACE='/workspace'
            WORKDIR '\(directory)'
            RUN \(mounts.joined(separator: " ")) \(run)

            """
    }

    @Test func `a step's Dockerfile runs its command in a fresh container`() {
        let text = Self.dockerfile { step in
            step.arguments = ["-j", "4"]
            step.environment = ["B": "2", "A": "1"]
        }
        #expect(text == Self.expected(env: "ENV A='1'\nENV B='2'\n", #"["make","-j","4"]"#))
    }

    // Each of these was run on Docker 20.10 and 28, and came out as it went in.
    @Test(arguments: [
        ("plain", #""plain""#), ("", #""""#), (#"a"b\c"#, #""a\"b\\c""#), ("$HOME ${A}", #""\u0024HOME \u0024{A}""#),
        ("a\nb\r\t\u{1}\u{7F}", #""a\u000ab\u000d\u0009\u0001\u007f""#),
        ("<<EOF >&2", #""\u003c\u003cEOF \u003e\u00262""#),
        ("it's # `x`; \u{2028}", "\"it's # `x`; \u{2028}\""), ("é𝄞", #""é𝄞""#), ("]", #""]""#), ("\\", #""\\""#),
    ])
    func `any argument is one word of the exec form`(argument: String, word: String) {
        #expect(Self.dockerfile { $0.arguments = [argument] } == Self.expected(#"["make",\#(word)]"#))
    }

    @Test(arguments: [
        ("a b", "'a b'"), ("", "''"), ("$A ${B} \\ \"", "'$A ${B} \\ \"'"), ("it's", #"'it'\''s'"#), ("\\", #"'\'"#),
        ("# <<EOF `x`", "'# <<EOF `x`'"), ("\r\t", "'\r\t'"), ("é", "'é'"),
    ])
    func `any value of a variable is taken as it is`(value: String, word: String) {
        #expect(
            Self.dockerfile { $0.environment = ["A": value] } == Self.expected(env: "ENV A=\(word)\n", #"["make"]"#)
        )
    }

    @Test func `a line's end in a variable comes as a build argument`() throws {
        let text = Self.dockerfile { $0.environment = ["A": "x\n$y"] }
        let env = #"ENV A='x'"${CAISSON_NEWLINE}"'$y'"# + "\n"
        #expect(text == Self.expected(arg: "ARG CAISSON_NEWLINE\n", env: env, #"["make"]"#))
        let job = try TaskJob(steps: #"{"id": "a", "command": "b", "env": {"A": "\n"}}, {"id": "c", "command": "d"}"#)
        let nodes = TaskPlan(job, .known).plan.nodes
        #expect(nodes.map(\.request.buildArgs) == [["CAISSON_NEWLINE": "\n"], [:]])
    }

    @Test func `a directory of any name is one word`() {
        let text = Self.dockerfile { $0.workingDirectory = #"/it's $HOME "x" \"# }
        #expect(text == Self.expected(directory: #"/it'\''s $HOME "x" \"#, #"["make"]"#))
    }

    @Test func `no line is longer than BuildKit takes, and none that goes on is taken for a comment`() {
        let pieces = [("# ", 40_000), ("\\", 60_000), ("#é", 30_000)]
        let long = pieces.map { String(repeating: $0, count: $1) }
        let text = Self.dockerfile { step in
            step.arguments = long
            step.environment = ["A": long[0], "B": long[1], "C": String(repeating: "'\n", count: 9000)]
        }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.allSatisfy { $0.utf8.count < 65_000 } && lines.count > 30)
        for line in lines.dropFirst() where !line.isEmpty {
            #expect(line.first != "#" && line.first != " ")
            // Newer readers don't take two backslashes at the end for a line that goes on.
            #expect(!line.hasSuffix("\\\\"))
        }
        let joined = text.replacing("\\\n", with: "")
        #expect(joined.contains("ENV A='" + long[0].prefix(15_000)))
    }

    @Test func `what is taken out is copied by an image's own program`() {
        let text = TaskDockerfile(run: .known).text(collecting: .artifacts, with: .named("box:1"))
        #expect(
            text == Self.beginning + """
                FROM docker.io/library/box:1 AS collect
                USER 0:0
                ENV CAISSON_RUN_ID='aaaaabbbbbcccccdddddeeeee'
                WORKDIR /.caisson-task-aaaaabbbbbcccccdddddeeeee
                RUN \(Self.mounts[1]) ["cp","-a","/artifacts/.","/.caisson-task-aaaaabbbbbcccccdddddeeeee/"]
                FROM scratch
                COPY --from=collect /.caisson-task-aaaaabbbbbcccccdddddeeeee/ /

                """
        )
    }

    @Test func `two equal steps and two runs of a step differ in what BuildKit knows them by`() {
        let step = TaskJob.Step("a", image: .named("box:1"), command: "make")
        var other = step
        other.id = "b"
        let run = TaskDockerfile(run: .known)
        let texts = [
            run.text(of: step, in: "t"), run.text(of: other, in: "t"),
            TaskDockerfile(run: BuildID()).text(of: step, in: "t"),
        ]
        #expect(Set(texts).count == 3)
    }

    @Test func `directories of steps that wait for no other are there from the beginning, and anybody's`() throws {
        let job = try TaskJob(
            steps: """
                {"id": "a", "command": "x", "working_dir": "b c/$d"},
                {"id": "b", "command": "x", "working_dir": "/etc"},
                {"id": "c", "command": "x", "working_dir": "/workspace/later", "dependencies": ["a"]}
                """
        )
        let made = "AS workspace-root\nWORKDIR /root/0\nWORKDIR '/root/1/b c/$d'\nFROM scratch AS workspace\n"
        for node in TaskPlan(job, .known).plan.nodes {
            #expect(node.dockerfile.contains(made) && !node.dockerfile.contains("/root/1/later"))
            #expect(node.dockerfile.contains("-workspace,from=workspace,source=/1,target=/workspace,"))
            #expect(node.dockerfile.contains("-artifacts,from=workspace,source=/0,target=/artifacts,"))
        }
        let many = (0...TaskDockerfile.mostDirectories).map {
            #"{"id": "s\#($0)", "command": "x", "working_dir": "d\#($0)"}"#
        }
        let plan = TaskPlan(try TaskJob(steps: many.joined(separator: ",")), .known).plan
        #expect(plan.nodes.allSatisfy { $0.dockerfile.contains(Self.beginning) })
    }
}
