import CaissonBuildModel
import CaissonInsights
import CaissonJSON
import Testing

/// A staged build, a step of it, and what is to be said of that.
struct MissCase: Sendable, CustomTestStringConvertible {
    var title: String
    var step: Int
    var expected: String
    var now: BuildDossier
    var earlier: [BuildDossier]
    var removals: [CacheRemoval]

    init(
        _ title: String,
        _ step: Int,
        _ expected: String,
        _ marks: String = "RRRCCCCCR",
        earlier: [BuildDossier] = [StagedBuild.make(1, "RRRRRRRRR")],
        removals: [CacheRemoval] = [],
        edit: (inout StagedBuild) -> Void = { _ in }
    ) {
        (self.title, self.step, self.expected) = (title, step, expected)
        now = StagedBuild.make((earlier.count + 1), marks, edit: edit)
        (self.earlier, self.removals) = (earlier, removals)
    }

    var testDescription: String { title }
    func with(_ edit: (inout MissCase) -> Void) -> MissCase {
        var copy = self
        edit(&copy)
        return copy
    }
}

struct MissCaseTests {
    @Test(arguments: MissCases.plain + MissCases.instructions + MissCases.files + MissCases.causes + MissCases.losses)
    func `A staged build is explained`(_ staged: MissCase) {
        let all = MissExplanation.explain(staged.now, earlier: staged.earlier, removals: staged.removals)
        #expect(all.count == staged.now.steps.count)
        #expect(all.first { $0.number == staged.step }?.outcome.code == staged.expected)
    }

    @Test
    func `There are enough cases`() {
        let sets = [MissCases.plain, MissCases.instructions, MissCases.files, MissCases.causes, MissCases.losses]
        #expect(sets.map(\.count).reduce(0, +) >= 60)
    }
}

enum MissCases {
    static let none: [BuildDossier] = []
    static let whole = "RRRRRRRRR"

    static func earlier(_ edit: (inout StagedBuild) -> Void) -> [BuildDossier] {
        [StagedBuild.make(1, whole, edit: edit)]
    }

    static let plain = [
        MissCase("cached", 4, "cached"),
        MissCase("loading the Dockerfile", 1, "uncacheable"),
        MissCase("sending the context", 2, "uncacheable"),
        MissCase("looking up the base", 3, "uncacheable"),
        MissCase("exporting", 9, "uncacheable"),
        MissCase("nothing earlier", 4, "first", whole, earlier: none),
        MissCase("nothing earlier, below a step that ran", 6, "first", whole, earlier: none),
        MissCase("an earlier build without steps", 4, "first", whole, earlier: earlier { $0.names = [] }),
        MissCase("a step that never began", 6, "unknown", "RRRCCNNNN"),
        MissCase("a build without an engine", 4, "unknown", whole) { $0.engine = nil },
        MissCase("an earlier build of an unknown engine", 4, "first", whole, earlier: earlier { $0.engine = nil }),
        MissCase("a newer version of the same engine", 4, "gone~", "RRRRCCCCR") {
            $0.engine = "dockerd 29 at unix:///e.sock"
        },
        MissCase("the build among its own earlier ones", 4, "first", whole, earlier: none).with {
            $0.earlier = [$0.now]
        },
    ]

    static let instructions = [
        MissCase("a RUN is changed", 4, "changed(RUN echo hi)!", "RRRRRRRRR") {
            $0.names[3] = "[build 2/5] RUN echo ho"
        },
        MissCase("below a changed RUN", 5, "step(4)!", whole) { $0.names[3] = "[build 2/5] RUN echo ho" },
        MissCase("far below a changed RUN", 7, "step(4)!", whole) { $0.names[3] = "[build 2/5] RUN echo ho" },
        MissCase("a copy out of a stage that changed", 8, "step(4)~", whole) {
            $0.names[3] = "[build 2/5] RUN echo ho"
        },
        MissCase("a cached step below one that ran", 8, "cached", "RRRRRRRCR") {
            $0.names[3] = "[build 2/5] RUN echo ho"
        },
        MissCase("another keyword in its place", 4, "added!", whole) { $0.names[3] = "[build 2/5] WORKDIR /x" },
        MissCase("a step is inserted", 4, "added!", whole) {
            $0.names[3] = "[build 2/6] RUN new thing"
            $0.names[4] = "[build 4/6] COPY src src"
            $0.names.insert("[build 3/6] RUN echo hi", at: 9)
            $0.inputs = [[], [], [], [3], [10, 2], [5], [6, 2], [3, 7], [], [4]]
        },
        MissCase("behind an inserted step", 10, "step(4)!", whole + "R") {
            $0.names[3] = "[build 2/6] RUN new thing"
            $0.names.insert("[build 3/6] RUN echo hi", at: 9)
            $0.inputs = [[], [], [], [3], [10, 2], [5], [6, 2], [3, 7], [], [4]]
        },
        MissCase("a step of a new stage", 8, "added!", "RRRCCCCRR") { $0.names[7] = "[other 2/3] RUN z" },
        MissCase("a renamed stage that is cached", 4, "cached") { $0.names[3] = "[maker 2/5] RUN echo hi" },
        MissCase("a renamed stage", 4, "gone~", "RRRRCCCCR") { $0.names[3] = "[maker 2/5] RUN echo hi" },
        MissCase("the same text in another stage", 8, "added!", "RRRCCCCRR") { $0.names[7] = "[other 2/3] RUN make" },
        MissCase("another digest of the base", 3, "base(sha256:aa>sha256:bb)!", whole) {
            $0.names[2] = "[build 1/5] FROM docker.io/library/base:1@sha256:bb"
        },
        MissCase("below another base", 4, "step(3)!", whole) {
            $0.names[2] = "[build 1/5] FROM docker.io/library/base:1@sha256:bb"
        },
        MissCase("another base that the engine had", 4, "base(sha256:aa>sha256:bb)!", "RRCRRRRRR") {
            $0.names[2] = "[build 1/5] FROM docker.io/library/base:1@sha256:bb"
        },
        MissCase(
            "another tag of the base",
            3,
            "base(docker.io/library/base:1>docker.io/library/base:2)!",
            whole
        ) { $0.names[2] = "[build 1/5] FROM docker.io/library/base:2@sha256:bb" },
        MissCase("a base told under another stage", 3, "uncacheable") {
            $0.names[2] = "[stage-1 1/2] FROM docker.io/library/base:1@sha256:aa"
        },
        MissCase("two steps of one text, told in another order", 4, "gone~", "RRRRRCCCR", earlier: earlier(twins)) {
            twins(&$0)
        },
        MissCase(
            "a changed step that is back at an old text",
            4,
            "cached",
            "RRRCRRRRR",
            earlier: [
                StagedBuild.make(2, whole) { $0.names[3] = "[build 2/5] RUN echo ho" }, StagedBuild.make(1, whole),
            ]
        ),
    ]

    static func twins(_ plan: inout StagedBuild) {
        plan.names[3] = "[build 2/5] RUN same"
        plan.names[4] = "[build 3/5] RUN same"
        plan.inputs[4] = [4]
    }

    static let files = [
        MissCase("a file of the copied directory", 5, "files(src/a)!", "RRRCRRRRR") { $0.changes = [.at("src/a")] },
        MissCase("a file of another directory", 5, "unknown", "RRRCRRRRR") { $0.changes = [.at("srcs/a")] }
            .with { $0.expected = "gone~" },
        MissCase("a new file", 5, "files(src/n)!", "RRRCRRRRR") { $0.changes = [ContextChange(.added, "src/n")] },
        MissCase("a file that only may have changed", 5, "files(src/a)~", "RRRCRRRRR") {
            $0.changes = [ContextChange(.perhaps, "src/a")]
        },
        MissCase("files that aren't told", 5, "files(+7)?", "RRRCRRRRR") { $0.omitted = 7 },
        MissCase("a broken chain of contexts", 5, "unknown", "RRRCRRRRR") { plan in
            plan.since = nil
            plan.changes = [.at("src/a")]
        },
        MissCase("a chain that leads elsewhere", 5, "unknown", "RRRCRRRRR") { plan in
            plan.since = 77
            plan.changes = [.at("src/a")]
        },
        MissCase("a cached copy of a changed file", 5, "cached") { $0.changes = [.at("src/a")] },
        MissCase("below a copy that ran", 6, "step(5)!", "RRRCRRRRR") { $0.changes = [.at("src/a")] },
        MissCase("a file changed and changed back", 5, "gone~", "RRRCRRRRR", earlier: failing([.at("src/a", 1, 2)])) {
            $0.changes = [.at("src/a", 2, 1)]
        },
        MissCase(
            "a file changed twice",
            5,
            "files(src/a)! failed(2)~",
            "RRRCRRRRR",
            earlier: failing([.at("src/a", 1, 2)])
        ) {
            $0.changes = [.at("src/a", 2, 3)]
        }.with { $0.expected = "files(src/a)!" },
        MissCase(
            "a file added and removed",
            5,
            "gone~",
            "RRRCRRRRR",
            earlier: failing([ContextChange(.added, "src/n")])
        ) {
            $0.changes = [ContextChange(.removed, "src/n")]
        },
        copy("the whole context", "COPY . .", "x/y", "files(x/y)!"),
        copy("a path with ./", "COPY ./src/ /d", "src/a", "files(src/a)!"),
        copy("a path with /", "COPY /src/a /d", "src/a", "files(src/a)!"),
        copy("a pattern", "COPY src/*.c /d", "src/a.c", "files(src/a.c)!"),
        copy("a pattern that doesn't match", "COPY src/*.c /d", "src/a.h", "gone~"),
        copy("a pattern of one name", "COPY src/*.c /d", "src/x/a.c", "gone~"),
        copy("a class", "COPY src/[a-c]? /d", "src/bz", "files(src/bz)!"),
        copy("any depth", "COPY --parents src/**/t /d", "src/1/2/t", "files(src/1/2/t)!"),
        copy("an exclusion", "COPY --exclude=*/*.md src /d", "src/a.md", "gone~"),
        copy("what an exclusion leaves", "COPY --exclude=*/*.md src /d", "src/a.c", "files(src/a.c)!"),
        copy("flags", "ADD --chmod=600 --chown=1:1 src /d", "src/a", "files(src/a)!"),
        copy("the JSON form", "COPY [docs/d, src/a, /x/]", "src/a", "files(src/a)!"),
        copy("a destination", "COPY src docs", "docs/d", "gone~"),
        copy("a document", "COPY <<E1 /here", "here", "unknown"),
        copy("ONBUILD", "ONBUILD COPY src /d", "src/a", "files(src/a)!"),
        MissCase("a mount", 7, "mount(docs/d)!", "RRRCCCRRR") { $0.changes = [.at("docs/d")] },
        MissCase("a mount of other files", 7, "gone~", "RRRCCCRRR") { $0.changes = [.at("src/d")] }
            .with { $0.expected = "files(src/d)~" },
        MissCase("nothing in a mount changed", 7, "gone~", "RRRCCCRRR") { $0.changes = [.at("other")] },
        MissCase(
            "platforms in the name",
            5,
            "files(src/a)!",
            "RRRCRRRRR",
            earlier: earlier {
                $0.names[4] = "[linux/amd64->arm64 build 3/5] COPY src src"
            }
        ) {
            $0.names[4] = "[linux/amd64->arm64 build 3/5] COPY src src"
            $0.changes = [.at("src/a")]
        },
    ]

    /// A good build and one after it that failed at the copy.
    static func failing(_ changes: [ContextChange]) -> [BuildDossier] {
        [StagedBuild.make(2, "RRRCNNNNN") { $0.changes = changes }, StagedBuild.make(1, whole)]
    }

    static func copy(_ title: String, _ instruction: String, _ path: String, _ expected: String) -> MissCase {
        let name = "[build 3/5] " + instruction
        return MissCase(title, 5, expected, "RRRCRRRRR", earlier: earlier { $0.names[4] = name }) {
            $0.names[4] = name
            $0.changes = [.at(path)]
        }
    }
}
