import CaissonBuildModel
import Testing

@testable import CaissonReporting

/// How records of a build cache are printed.
@Suite struct CacheFormatTests {
    private static let now = Timestamp(seconds: 1_800_000_000)

    private static func row(
        _ id: String,
        size: Int64,
        node: String = "n",
        change: (inout CacheRecord) -> Void = { _ in }
    )
        -> CacheRow
    {
        var record = CacheRecord(
            id: id,
            size: size,
            created: Timestamp(seconds: 1_790_000_000, nanoseconds: 509_290_000)
        )
        record.lastUsed = Timestamp(seconds: now.seconds - 7200)
        change(&record)
        return CacheRow(record, node: node, now: now)
    }

    @Test(arguments: [
        (0, "0B"), (999, "999B"), (1000, "1kB"), (4096, "4.096kB"), (1_131_000, "1.131MB"), (12_345_678, "12.35MB"),
        (999_960, "1000kB"), (100_000_000, "100MB"), (344_000_000_000, "344GB"), (Int64.max, "9.223EB"), (-5, "-5B"),
    ])
    func `sizes are docker's`(bytes: Int64, text: String) {
        #expect(DockerWords.size(bytes) == text)
    }

    @Test(arguments: [
        (-9, "Less than a second ago"), (0, "Less than a second ago"), (1, "1 second ago"), (59, "59 seconds ago"),
        (60, "About a minute ago"), (125, "2 minutes ago"), (3599, "59 minutes ago"), (3600, "About an hour ago"),
        (5400, "2 hours ago"), (170_000, "47 hours ago"), (172_800, "2 days ago"), (1_209_600, "2 weeks ago"),
        (5_184_000, "2 months ago"), (63_072_000, "2 years ago"), (Int64.max, "31688087814028 years ago"),
    ])
    func `spans are docker's`(seconds: Int64, text: String) {
        let (moment, isOver) = Self.now.seconds.subtractingReportingOverflow(seconds)
        let told = DockerWords.ago(Timestamp(seconds: isOver ? .min : moment), now: Self.now)
        #expect(seconds == .max ? told.hasSuffix(" years ago") : told == text)
    }

    @Test func `a line of JSON has buildx's fields and ours`() throws {
        let row = Self.row("a", size: 4096) {
            $0.kind = .cacheMount
            $0.description = #"cached mount /c from exec /bin/sh -c make with id "/go""#
            $0.parents = ["b"]
        }
        let text = try CacheFormat(parsing: "json").text(of: [row], width: nil)
        #expect(
            text == """
                {"CreatedAt":"2026-09-21 14:13:20.50929 +0000 UTC","Description":"cached mount /c from exec /bin/sh -c make \
                with id \\"/go\\"","ID":"a","LastUsedAt":"2 hours ago","Mutable":false,"Parents":["b"],"Reclaimable":true,\
                "Shared":false,"Size":"4.096kB","Type":"exec.cachemount","UsageCount":0,"Bytes":4096,\
                "LastUsedTime":"2027-01-15T06:00:00Z","Mount":"/go","MountTarget":"/c","Node":"n","MadeBy":""}

                """
        )
    }

    @Test func `tables mark what can be written and what is shared`() throws {
        let rows = [
            Self.row("a", size: 1) { $0.isMutable = true }, Self.row("b", size: 2) { $0.isShared = true },
        ]
        let plain = try CacheFormat(parsing: "{{.ID}} {{.Size}}").text(of: rows, width: nil)
        #expect(plain == "a 1B\nb 2B\n")
        let table = try CacheFormat(parsing: #"table {{.ID}}\t{{.Size}}"#).text(of: rows, width: nil)
        #expect(table == "ID  SIZE\na*  1B\nb   2B*\n")
        #expect(throws: BuildError.self) { try CacheFormat(parsing: "{{.Nope}}") }
    }

    @Test(arguments: [10, 40, 80, 120]) func `no line is wider than the terminal`(width: Int) throws {
        let rows = ["x", "y"].map { node in
            Self.row("abcdefghijklmnopqrstuvwxy", size: 5, node: node) {
                $0.description = "RUN \u{1B}[31m" + "é漢" + node
            }
        }
        let printing = try CacheFormat(parsing: "table")
        let table = try printing.text(of: rows, width: width)
        let streamed = try [printing.head(width: width)] + rows.map { try printing.line(of: $0, width: width) }
        let lines = table.split(separator: "\n").map(String.init) + streamed
        for line in lines { #expect(CellWidth.cells(line.trimmingNewline) <= width && !line.contains("\u{1B}")) }
        #expect(width < 40 || table.contains("SIZE") && table.contains("5B"), "\(table)")
    }

    @Test func `totals are buildx's, and groups come by size`() {
        let rows = [
            Self.row("a", size: 1000) { $0.isShared = true }, Self.row("b", size: 3000) { $0.isInUse = true },
            Self.row("c", size: 500) { $0.kind = .cacheMount }, Self.row("d", size: -1) { $0.lastUsed = nil },
        ]
        #expect(
            CacheTotals(rows).text
                == "Shared:       1kB\nPrivate:      3.5kB\nReclaimable:  1.5kB\nTotal:        4.5kB\n"
        )
        #expect(
            CacheTotals(rows).text(by: .type)
                == """
                TYPE             RECORDS  SIZE  RECLAIMABLE
                regular          3        4kB   1kB
                exec.cachemount  1        500B  500B

                """
        )
        #expect(CacheTotals(rows).text(by: .age).hasSuffix("never used  1        0B     0B\n"))
        #expect(CacheTotals([]).text == "Reclaimable:  0B\nTotal:        0B\n")
    }
}

extension String {
    fileprivate var trimmingNewline: String { hasSuffix("\n") ? String(dropLast()) : self }
}
