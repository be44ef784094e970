import CaissonBuildModel
import Testing

@testable import CaissonReporting

@Suite("The table of builds")
struct BuildsTableTests {
    private func text(_ records: [BuildRecord], _ width: Int?, _ colors: ProgressColors = .none) -> String {
        BuildsTable(records, now: BuildSamples.now).text(width: width, colors: colors)
    }

    @Test("A wide terminal has all columns")
    func wide() {
        #expect(
            text(BuildSamples.records, 120) == """
                BUILD ID      STATUS     NAME                         STEPS             DURATION  STARTED        ENGINE          PROJECT
                aaaaaaaaaaaa  running    app                          4/12 (3 cached)   1m 12s    1 minute ago   dockerd 26.1.5
                bbbbbbbbbbbb  succeeded  web                          10/10 (7 cached)  12.3s     3 minutes ago  dockerd 26.1.5  shop
                cccccccccccc  failed     registry.example/shop/da...  5/9               1h 02m    2 hours ago    dockerd 26.1.5
                dddddddddddd  queued     docs                                                                    dockerd 26.1.5
                eeeeeeeeeeee  timed-out  日本                                           2h 00m    3 months ago   dockerd 26.1.5

                """
        )
    }

    @Test("A terminal of 80 columns leaves out what matters less")
    func usual() {
        #expect(
            text(BuildSamples.records, 80) == """
                BUILD ID      STATUS     NAME                           STEPS  DURATION  STARTED
                aaaaaaaaaaaa  running    app                            4/12   1m 12s    1m ago
                bbbbbbbbbbbb  succeeded  web                            10/10  12.3s     3m ago
                cccccccccccc  failed     registry.example/shop/data...  5/9    1h 02m    2h ago
                dddddddddddd  queued     docs
                eeeeeeeeeeee  timed-out  日本                                  2h 00m    3mo ago

                """
        )
        #expect(
            text(Array(BuildSamples.records.prefix(2)), 80) == """
                BUILD ID      STATUS     NAME  STEPS             DURATION  STARTED
                aaaaaaaaaaaa  running    app   4/12 (3 cached)   1m 12s    1 minute ago
                bbbbbbbbbbbb  succeeded  web   10/10 (7 cached)  12.3s     3 minutes ago

                """
        )
    }

    @Test("A narrow one has ids, statuses and names")
    func narrow() {
        #expect(
            text(BuildSamples.records, 40) == """
                BUILD ID      STATUS     NAME
                aaaaaaaaaaaa  running    app
                bbbbbbbbbbbb  succeeded  web
                cccccccccccc  failed     registry.exa...
                dddddddddddd  queued     docs
                eeeeeeeeeeee  timed-out  日本

                """
        )
    }

    @Test(
        "No line is wider than the terminal, nor does it end in blanks",
        arguments: [Int.min, -1, 0, 1, 7, 20] + Array(21...160)
    )
    func widths(width: Int) {
        let lines = text(BuildSamples.records, width).split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == BuildSamples.records.count + 2)
        #expect(lines.allSatisfy { CellWidth.cells($0) <= max(width, 0) && $0.last != " " })
    }

    @Test("Without a width nothing is cut, and the project is there where a build has one")
    func whole() {
        #expect(text(BuildSamples.records, nil).contains("registry.example/shop/database:2026  5/9"))
        #expect(text(BuildSamples.records, nil).contains("PROJECT"))
        #expect(!text([BuildSamples.records[0]], nil).contains("PROJECT"))
        #expect(text([], nil) == "BUILD ID  STATUS  NAME  STEPS  DURATION  STARTED  ENGINE\n")
    }

    @Test("Ids are as long as it takes to tell them from each other")
    func ids() {
        let records = ["x", "y"].map {
            BuildSamples.record(BuildSamples.id("q", "\($0)zz"), .queued, name: nil, ago: 1, for: nil)
        }
        let lines = text(records + [BuildSamples.records[0]], 40).split(separator: "\n")
        #expect(lines[1].hasPrefix("qqqqqqqqqqqqqqqqqqqqqqx  queued"))
        #expect(lines[2].hasPrefix("qqqqqqqqqqqqqqqqqqqqqqy  queued"))
        #expect(lines[3].hasPrefix("aaaaaaaaaaaaaaaaaaaaaaa  running"))
        #expect(text([records[0], records[0]], 40).contains("qqqqqqqqqqqq  queued"))
    }

    @Test("The status alone is coloured")
    func colors() {
        let lines = text(BuildSamples.records, 40, .standard).split(separator: "\n").map(String.init)
        #expect(lines[0] == "BUILD ID      STATUS     NAME")
        #expect(lines[1] == "aaaaaaaaaaaa  running    app")
        #expect(lines[2] == "bbbbbbbbbbbb  \u{1B}[34msucceeded\u{1B}[0m  web")
        #expect(lines[3] == "cccccccccccc  \u{1B}[31mfailed\u{1B}[0m     registry.exa...")
    }

    @Test("A name is a target, an image, a stage or a context, and forges no line")
    func names() {
        var record = BuildSamples.record(BuildSamples.id("n"), .running, name: nil, ago: 0, for: nil)
        func name() -> String { record.title }
        #expect(name().isEmpty)
        record.submission.context = "https://git.example/a.git"
        #expect(name() == "https://git.example/a.git")
        record.submission.target = "test"
        #expect(name() == "test")
        record.submission.images = ["app:1"]
        #expect(name() == "app:1")
        record.submission.name = "a\u{1B}[31mb\nc\u{202E}d"
        #expect(name() == "ab c\u{FFFD}d")
        record.engine = "pod\u{9B}31mman 4 at\nx"
        #expect(!text([record], nil).contains("\u{9B}"))
        #expect(text([record], nil).split(separator: "\n").count == 2)
    }
}
