import CaissonText
import Testing

@testable import CaissonTasks

/// What is wrong with a task's file is told in one run, each with its place.
@Suite struct TaskProblemTests {
    private static let nameRule = "A-Z, a-z, 0-9, '.', '_' and '-', the first a letter or a digit"

    @Test(arguments: [
        ("", "1:1: it is no JSON: a value is missing"),
        ("{\"build_task\": {\n  \"id\" 1}}", "2:8: it is no JSON: a colon is missing"),
        ("[]", "1:1: the file has to be an object with build_task"),
        ("{}", "1:1: the file has no build_task"),
        ("{\"é\": 1}", "1:1: the file has no build_task\ntask.json:1:2: the file has no key \"é\"; it has build_task"),
        (
            #"{"build_task": 5}"#,
            "1:16: build_task has to be an object with id, image, steps, resources, timeout, metadata"
        ),
        (
            #"{"build_task": {"id": "a", "steps": []}}"#,
            "1:37: build_task.steps has 0 steps, but has to have 1 to 10000"
        ),
        (#"{"build_task": {"id": "a", "steps": {}}}"#, "1:37: build_task.steps has to be a list"),
    ])
    func `a file that is no task is refused`(text: String, problem: String) {
        #expect(problems(text).joined(separator: "\n") == "task.json:" + problem)
    }

    @Test(arguments: [
        (#""comand": "x""#, #"has no key "comand"; did you mean command?"#),
        (#""memory_mb": 1"#, #"has no key "memory_mb"; it belongs into build_task.resources"#),
        (#""tags": []"#, #"has no key "tags"; it belongs into build_task.metadata"#),
        (
            #""colour": 1"#,
            #"has no key "colour"; it has id, image, command, args, env, working_dir, timeout, dependencies, "#
                + "network_access"
        ),
        (#""command": "y""#, "has command twice; remove one of the two"),
        (#""args": "y""#, ".args has to be a list"),
        (#""args": ["a", 5]"#, #".args[1] has to be a text; write "5""#),
        (#""args": ["a", true]"#, ".args[1] has to be a text"),
        (#""args": ["\u0000"]"#, ".args[0] has a NUL in it, which no program can be given"),
        (#""env": ["A=1"]"#, ".env has to be an object of texts"),
        (#""env": {"A": 1}"#, #".env.A has to be a text; write "1""#),
        (#""env": {"A": "\u0000"}"#, ".env.A has a NUL in it, which no program can be given"),
        (#""env": {"A": "1", "A": "2"}"#, ".env has A twice; remove one of the two"),
        (#""env": {"CAISSON_X": "1"}"#, ".env has CAISSON_X, which is set by caisson; choose another name"),
        (#""env": {"WORKSPACE": "1"}"#, ".env has WORKSPACE, which is set by caisson; choose another name"),
        (#""working_dir": """#, #".working_dir is "", but has to be a path without control characters"#),
        (#""working_dir": "a\n""#, #".working_dir is "a\n", but has to be a path without control characters"#),
        (#""timeout": 30"#, #".timeout is 30, but has to be a length of time, such as "PT30M" or "30m""#),
        (#""timeout": "30""#, #".timeout is "30", but has to be a length of time, such as "PT30M" or "30m""#),
        (#""timeout": []"#, #".timeout has to be a length of time, such as "PT30M" or "30m""#),
        (#""timeout": "0s""#, ".timeout is no time at all; leave it out where there is no bound"),
        (#""network_access": "no""#, ".network_access has to be true or false"),
        (#""image": "scratch""#, ".image is scratch, which has no programs; name another"),
        (#""dependencies": ["a"]"#, #".dependencies has "a", which is the step itself"#),
        (#""dependencies": ["b", "b"]"#, #".dependencies has "b" twice; remove one of the two"#),
        (#""dependencies": ["bb"]"#, #".dependencies has "bb", which is no step; did you mean b?"#),
        (#""dependencies": ["zzz"]"#, #".dependencies has "zzz", which is no step"#),
    ])
    func `a step that is wrong is refused`(members: String, problem: String) {
        let start = #"{"build_task": {"id": "t", "steps": [{"id": "b", "command": "x"}, {"id": "a", "command": "x", "#
        let said = problems(start + members + "}]}}")
        let dot = problem.hasPrefix(".") ? "" : " "
        #expect(said.map { $0.drop { $0 != "b" } } == ["build_task.steps[1]\(dot)\(problem)"], "\(said)")
    }

    @Test(arguments: ["A=B", "1A", "", "A B", "A$", "É", "A'"])
    func `a variable's name is one`(name: String) {
        let step = #"{"id": "a", "command": "x", "env": {"\#(name)": ""}}"#
        let said = problems(#"{"build_task": {"id": "t", "steps": [\#(step)]}}"#)
        let rule = "but the name of a variable has A-Z, a-z, 0-9, '_', '.' and '-', and begins with no digit"
        #expect(said == ["task.json:1:74: build_task.steps[0].env has \(name.quoted), \(rule)"])
    }

    @Test(arguments: ["", ".", "..", "-a", "a/b", "a b", "é", String(repeating: "a", count: 65)])
    func `a step's name is one that people can write`(name: String) {
        let said = problems(#"{"build_task": {"id": "t", "steps": [{"id": "\#(name)", "command": "x"}]}}"#)
        let rule = "but has to be 1 to 64 of \(Self.nameRule)"
        #expect(said == ["task.json:1:45: build_task.steps[0].id is \(name.quoted), \(rule)"])
    }

    @Test(arguments: [
        (
            #""resources": {"cpu_cores": 0}"#,
            ".resources.cpu_cores has to be a number from 0.001 to 1000000, such as 2 or 0.5"
        ),
        (
            #""resources": {"cpu_cores": 1e99}"#,
            ".resources.cpu_cores has to be a number from 0.001 to 1000000, such as 2 or 0.5"
        ),
        (
            #""resources": {"memory_mb": 1.5}"#,
            ".resources.memory_mb has to be a whole number from 1 to 1099511627776, such as 4096"
        ),
        (
            #""resources": {"disk_mb": "1"}"#,
            ".resources.disk_mb has to be a whole number from 1 to 1099511627776, such as 4096"
        ),
        (
            #""resources": {"gpus": 1}"#,
            #".resources has no key "gpus"; it has cpu_cores, memory_mb, disk_mb, network_access"#
        ),
        (#""resources": []"#, ".resources has to be an object with cpu_cores, memory_mb, disk_mb, network_access"),
        (
            #""metadata": {"priority": "urgent"}"#,
            ".metadata.priority has to be low, normal, high, or a whole number from 0 to 999999999"
        ),
        (#""metadata": {"owner": ""}"#, #".metadata.owner is "", but has to be a line of 1 to 256 bytes"#),
        (#""metadata": {"tags": ["a", "\n"]}"#, #".metadata.tags[1] is "\n", but has to be a line of 1 to 256 bytes"#),
        (
            #""image": "A b""#,
            #".image: invalid image reference "A b": repository name "A b" must be lowercase, such as "a b""#
        ),
        (#""step": []"#, #" has no key "step"; did you mean steps?"#),
    ])
    func `a task that is wrong is refused`(members: String, problem: String) {
        let text = #"{"build_task": {"id": "t", "steps": [{"id": "a", "command": "x"}], \#(members)}}"#
        let said = problems(text)
        #expect(said.count == 1 && said[0].hasPrefix("task.json:1:"), "\(said)")
        #expect(said.first?.contains(": build_task\(problem)") == true, "\(said)")
    }

    @Test func `all that is wrong is told at once, in the order of the file`() {
        let text = """
            {"build_task": {
              "id": "a/b", "timout": "1h",
              "steps": [
                {"id": "one", "command": "", "dependencies": ["two"]},
                {"id": "two", "args": [1], "dependencies": ["one"]},
                {"id": "two", "command": "x"}
              ],
              "metadata": {"priority": -1}
            }}
            """
        let said = problems(text)
        #expect(
            said.map { String($0.dropFirst("task.json:".count)) } == [
                #"2:9: build_task.id is "a/b", but has to be 1 to 128 of \#(Self.nameRule)"#,
                #"2:16: build_task has no key "timout"; did you mean timeout?"#,
                "4:12: the steps wait for each other in a circle, one → two → one",
                "4:30: build_task.steps[0].command is empty",
                "5:5: build_task.steps[1] has no command",
                #"5:28: build_task.steps[1].args[0] has to be a text; write "1""#,
                "6:12: two steps are called two: build_task.steps[1] and build_task.steps[2]",
                "8:28: build_task.metadata.priority has to be low, normal, high, or a whole number from 0 to 999999999",
            ]
        )
    }

    @Test func `a step without any image is refused`() {
        let steps = #"{"id": "a", "command": "x"}, {"id": "b", "command": "x", "image": "y"}"#
        let text = #"{"build_task": {"id": "t", "steps": [\#(steps)]}}"#
        let missing = "build_task.steps[0] has no image, nor has build_task, and none is configured; name one"
        #expect(problems(text, image: nil) == ["task.json:1:38: \(missing)"])
        #expect(problems(text).isEmpty)
    }

    @Test func `sizes are bounded`() {
        let large = String(repeating: " ", count: TaskJob.fileLimit + 1)
        #expect(problems(large) == ["task.json: it is larger than 4194304 bytes"])
        let long = String(repeating: "a", count: 131_072)
        let step = #"{"id": "a", "command": "x", "args": ["\#(long)"], "env": {"A": "\#(long.dropFirst(2))"}}"#
        let said = problems(#"{"build_task": {"id": "t", "steps": [\#(step)]}}"#)
        #expect(said.count == 2)
        #expect(said.first?.hasSuffix("args[0] has 131072 bytes, but Linux takes 131071 at most") == true)
        #expect(said.last?.hasSuffix("env.A has 131072 bytes with its name, but Linux takes 131071 at most") == true)
        let many = Array(repeating: "{}", count: 10_001).joined(separator: ",")
        let refused = problems(#"{"build_task": {"id": "t", "steps": [\#(many)]}}"#)
        #expect(refused.first?.contains("has 10001 steps") == true)
        let wrong = Array(repeating: "{}", count: 10_000).joined(separator: ",")
        #expect(problems(#"{"build_task": {"id": "t", "steps": [\#(wrong)]}}"#).count == 100)
    }

    @Test func `a long circle is told in short`() {
        let steps = (0..<5000).map { #"{"id": "s\#($0)", "command": "x", "dependencies": ["s\#(($0 + 1) % 5000)"]}"# }
        let said = problems(#"{"build_task": {"id": "t", "steps": [\#(steps.joined(separator: ","))]}}"#)
        #expect(said.count == 1 && said[0].contains("in a circle, s0 → s1 → "))
        #expect(said[0].hasSuffix("s17 → … → s0 (5000 steps)"), "\(said)")
    }

    @Test func `no damaged file traps`() {
        let step = #"{"id": "a", "command": "\u00e9\ud834", "args": []}"#
        let text = Array(#"{"build_task": {"id": "t", "steps": [\#(step)]}}"#.utf8)
        var accepted = 0
        for index in text.indices {
            for byte in Array("\"\\{}[],: 0\u{0}".utf8) {
                var damaged = text
                damaged[index] = byte
                accepted += (try? TaskJob(parsing: damaged, file: "f", image: .named("a"))) == nil ? 0 : 1
            }
            #expect(throws: TaskError.self) { try TaskJob(parsing: Array(text[..<index]), file: "f") }
        }
        #expect(accepted > 10)
    }
}
