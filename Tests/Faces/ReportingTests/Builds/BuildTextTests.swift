import CaissonBuildModel
import Testing

@testable import CaissonReporting

@Suite("A build in whole as text")
struct BuildTextTests {
    private func text(
        _ dossier: BuildDossier = BuildSamples.dossier,
        log: [String] = [],
        _ width: Int? = nil,
        unicode: Bool = true,
        _ colors: ProgressColors = .none
    ) -> String {
        let layout = TextLayout(width: width, now: BuildSamples.now, colors: colors, drawsUnicode: unicode)
        return BuildText(dossier, log: log).text(layout)
    }

    private func steps(_ dossier: BuildDossier, _ width: Int?, unicode: Bool = true) -> [String] {
        let layout = TextLayout(width: width, now: BuildSamples.now, drawsUnicode: unicode)
        return StepLines(dossier, layout).lines.map(\.withoutTrailingBlanks)
    }

    @Test("The head has what is known, and nothing of what isn't")
    func head() {
        let lines = text().components(upTo: "")
        #expect(
            lines.joined(separator: "\n") == """
                Build:       fffffffffffffffffffffffff
                Status:      failed
                Name:        app
                Part of:     batch ggggggggggggggggggggggggg, 3 of 4
                Engine:      dockerd 26.1.5 at unix:///var/run/docker.sock
                Context:     .
                Dockerfile:  Dockerfile, stage app
                Platforms:   linux/amd64, linux/arm64
                Commit:      4aef860ff0c6-dirty of https://git.example/shop.git
                Owner:       ann
                Project:     shop
                Labels:      nightly, release
                Image:       registry.example/app:1, registry.example/app:latest
                Started:     2026-12-01T11:38:20.5Z (1 minute ago)
                Waited:      0.5s
                Duration:    24.5s
                Steps:       7 of 8 done, 1 cached
                Attempts:    2
                Remarks:     after 0.4s: waits: 4 builds run already
                Command:     caisson batch --set 'app.args.A=b c'
                             in /src/shop
                """
        )
    }

    @Test("What a build has left on this machine is listed")
    func files() {
        var dossier = BuildDossier(BuildSamples.records[1])
        dossier.artifacts = [.directory("/out/kernel"), .cache("c"), .file("/out/a\u{1B}.tar")]
        let lines = text(dossier).components(upTo: "")
        #expect(lines.contains("Files:       /out/kernel"))
        #expect(lines.first { $0.contains("/out/a") }?.contains("\u{1B}") == false)
    }

    @Test("Images have their digests and their size")
    func images() {
        var dossier = BuildDossier(BuildSamples.records[1])
        let image = ImageArtifact(names: ["a:1"], digest: BuildSamples.digest, id: nil, isPushed: true)
        dossier.record.images = [image]
        var numbers = BuildStatistics()
        (numbers.imageSize, numbers.layers, numbers.isImageSizePacked) = (45_200_000, 7, true)
        dossier.record.statistics = numbers
        #expect(
            text(dossier).contains(
                """
                Image:       a:1 (pushed)
                             \(BuildSamples.digest)
                             45.20MB in 7 layers, packed

                """
            )
        )
    }

    @Test("Stages are branches, their steps leaves with bars on the time of the build")
    func tree() {
        #expect(
            steps(BuildSamples.dossier, 80).joined(separator: "\n") == """
                 1  [internal] load build definition from Dock...  ▏                        0.1s
                 2  [internal] load metadata for docker.io/lib...  ██                       1.8s
                    build
                 3  ├─ 1/3 FROM docker.io/library/golang:1.24@...                         CACHED
                 5  ├─ 2/3 COPY src /src                            ██                      0.7s
                 6  └─ ERROR 3/3 RUN make -j4 all                    ██████████████████    21.3s
                    app (from build)
                 4  ├─ 1/2 FROM docker.io/library/alpine:3.22       █████                   4.4s
                 7  └─ 2/2 COPY --from=build /src/app /app
                 8  exporting to image
                """
        )
    }

    @Test("A narrow terminal without Unicode has short bars of ASCII")
    func narrow() {
        #expect(
            steps(BuildSamples.dossier, 40, unicode: false).joined(separator: "\n") == """
                 1 [internal] load b... |           0.1s
                 2 [internal] load m... =           1.8s
                   build
                 3 |- 1/3 FROM docke...           CACHED
                 5 |- 2/3 COPY src /src |           0.7s
                 6 `- ERROR 3/3 RUN ... ========   21.3s
                   app (from build)
                 4 |- 1/2 FROM docke... ===         4.4s
                 7 `- 2/2 COPY --fro...
                 8 exporting to image
                """
        )
    }

    @Test("No step's line is wider than the terminal", arguments: Array(1...130))
    func widths(width: Int) {
        for colors in [ProgressColors.none, .standard] {
            let layout = TextLayout(width: width, now: BuildSamples.now, colors: colors)
            let lines = StepLines(BuildSamples.dossier, layout).lines
            #expect(lines.count == 10)
            #expect(lines.allSatisfy { CellWidth.cells(SafeText.line($0)) <= width })
        }
    }

    @Test("A step that runs has a bar up to now, one that was broken off up to the end")
    func unfinished() {
        var dossier = BuildDossier(BuildSamples.records[0])
        dossier.steps = [
            BuildSamples.step(1, "[1/2] FROM alpine", 50, 75), BuildSamples.step(2, "[2/2] RUN make", 75, nil, [1]),
            BuildSamples.step(3, "exporting", nil, nil, [2]),
        ]
        #expect(
            steps(dossier, 60) == [
                " 1  [1/2] FROM alpine  ████████           25.0s",
                " 2  [2/2] RUN make            ████████     runs",
                " 3  exporting                             waits",
            ]
        )
        dossier.record.status = .interrupted
        #expect(steps(dossier, 60)[1].hasSuffix("▏   broken"))
        // It ran from 75 to 99 seconds behind the beginning, whose axis begins at 50.
        dossier.record.ended = BuildSamples.now.advanced(by: -1)
        #expect(steps(dossier, 60)[1] == " 2  [2/2] RUN make            ████████   broken")
    }

    @Test("An engine's times may be anything")
    func times() {
        var dossier = BuildSamples.dossier
        for (place, seconds) in [Int64.min, .max, 0, -1, 5, .max, .min, 9].enumerated() {
            dossier.steps[place].started = Timestamp(seconds: seconds)
            dossier.steps[place].completed = place.isMultiple(of: 3) ? nil : Timestamp(seconds: seconds / 2)
            dossier.steps[place].inputs = [.min, .max, 0, place]
            dossier.steps[place].number = place.isMultiple(of: 2) ? .max : .min
        }
        for status in BuildStatus.allCases {
            dossier.record.status = status
            for width in [1, 36, 40, 80] {
                #expect(steps(dossier, width).allSatisfy { CellWidth.cells($0) <= width })
            }
        }
    }

    @Test("Names that only look like a stage's stand for themselves")
    func headings() {
        let names = ["[", "[]", "[a b]", "[1/x] a", "[build 1/2", "[-1/2] a", "[/] a", "[1/2/3] a", "[2/2] b"]
        let tree = StepTree(names.enumerated().map { StepRecord($0 + 1, digest: "", name: $1) })
        #expect(tree.branches.allSatisfy { $0.title == nil })
        #expect(tree.branches.flatMap(\.steps).map(\.name) == names)
    }

    @Test("The steps of a stage are in the Dockerfile's order, one stage for each platform")
    func stages() {
        let names = [
            "[linux/arm64 app 2/2] RUN b", "[linux/amd64 app 1/2] FROM a", "[linux/arm64 app 1/2] FROM a",
            "[linux/amd64 app 2/2] RUN b",
        ]
        let tree = StepTree(names.enumerated().map { StepRecord($0 + 1, digest: "", name: $1) })
        #expect(tree.branches.map(\.title) == ["linux/arm64 app", "linux/amd64 app"])
        #expect(
            tree.branches.map { $0.steps.map(\.name) } == [["1/2 FROM a", "2/2 RUN b"], ["1/2 FROM a", "2/2 RUN b"]]
        )
        #expect(tree.branches.map { $0.steps.map(\.step.number) } == [[3, 1], [2, 4]])
    }

    @Test("A Dockerfile's only stage is in its order, too, where the engine tells of it backwards")
    func onlyStage() {
        let names = ["[internal] load build context", "[3/3] RUN b", "[2/3] RUN a", "exporting", "[1/3] FROM x"]
        let tree = StepTree(names.enumerated().map { StepRecord($0 + 1, digest: "", name: $1) })
        #expect(
            tree.branches.flatMap(\.steps).map(\.name) == [
                "[internal] load build context", "[1/3] FROM x", "[2/3] RUN a", "[3/3] RUN b", "exporting",
            ]
        )
    }

    @Test("Stages that others need come first")
    func neededStages() {
        let steps = [
            BuildSamples.step(1, "[internal] load", nil, nil),
            BuildSamples.step(2, "[stage-2 2/2] COPY --from=x", nil, nil, [5, 3]),
            BuildSamples.step(3, "[x 2/2] RUN x", nil, nil, [4]),
            BuildSamples.step(4, "[y 1/1] FROM y", nil, nil),
            BuildSamples.step(5, "[stage-2 1/2] COPY --from=y", nil, nil, [4]),
            BuildSamples.step(6, "exporting", nil, nil, [2]),
        ]
        let tree = StepTree(steps)
        #expect(
            tree.branches.map { $0.title ?? $0.steps[0].name } == ["[internal] load", "y", "x", "stage-2", "exporting"]
        )
        #expect(tree.branches[3].sources == ["y", "x"])
        #expect(tree.branches[2].sources == ["y"])
    }

    @Test("Stages in a circle, and very many of them, are shown all the same")
    func manyStages() {
        let count = 20_000
        let steps = (0..<count).map { BuildSamples.step($0, "[s\($0) 1/1] RUN", nil, nil, [($0 + 1) % count]) }
        let tree = StepTree(steps)
        #expect(tree.branches.count == count)
        #expect(tree.branches.first?.title == "s\(count - 1)")
        #expect(tree.branches.last?.title == "s0")
    }

    @Test("A failure has the end of the step's output, the place and the reason")
    func failure() {
        let log = (1...25).map { "line \($0)" } + ["\u{1B}[31mred\u{1B}[0m"]
        let out = text(log: log)
        #expect(out.contains("------\n > [build 3/3] RUN make -j4 all (exit code 2):\n...\nline 7\n"))
        #expect(out.contains("line 25\nred\n------\nDockerfile:3\n"))
        #expect(out.contains("   3 | >>> RUN make -j4 all\n"))
        #expect(out.hasSuffix("error: RUN make -j4 all failed with exit code 2\n"))
        #expect(text(BuildSamples.dossier, 80, .standard).contains("\u{1B}[31merror:\u{1B}[0m RUN make"))
    }

    @Test("Without the error itself there is the reason, and for a build that went well neither")
    func reason() {
        var dossier = BuildDossier(BuildSamples.records[2])
        #expect(text(dossier).hasSuffix("\nerror: RUN make failed with exit code 2\n"))
        dossier.record.status = .skipped
        #expect(text(dossier).contains("Status:      skipped: RUN make failed with exit code 2\n"))
        #expect(!text(BuildDossier(BuildSamples.records[1])).contains("error"))
    }

    @Test("No text from outside forges a line or moves a cursor")
    func hostile() {
        let evil = "x\n\u{1B}[2J\u{9B}1mStatus: succeeded\r\u{202E}"
        var dossier = BuildSamples.dossier
        dossier.record.engine = evil
        dossier.record.submission.owner = evil
        dossier.record.submission.labels = [evil]
        dossier.record.submission.invocation = .init([evil, "'"], in: evil, obstacle: evil)
        dossier.steps[0].name = evil
        dossier.steps[1].name = "[\(evil) 1/2] \(evil)"
        dossier.remarks = [BuildRemark(BuildSamples.now, evil)]
        dossier.error = BuildError(.step, evil)
        let out = text(dossier, log: [evil], 80)
        let isSafe = out.unicodeScalars.allSatisfy {
            $0 == "\n" || $0.value >= 0x20 && !(0x7F..<0xA0).contains($0.value)
        }
        #expect(isSafe)
        #expect(!out.contains("\u{202E}"))
        #expect(!out.split(separator: "\n").contains { $0.hasPrefix("Status: succeeded") })
    }
}

extension String {
    /// The lines before the first that is that text.
    fileprivate func components(upTo end: String) -> [String] {
        split(separator: "\n", omittingEmptySubsequences: false).map(String.init).prefix { $0 != end }.map { $0 }
    }
}
