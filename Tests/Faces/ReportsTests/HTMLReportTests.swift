import CaissonBuildModel
import CaissonReports
import Testing

struct HTMLReportTests {
    private static func html(_ page: ReportPage) -> String {
        var bytes: [UInt8] = []
        HTMLReport.write(page) { bytes += $0 }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test(arguments: Samples.all.map(\.name))
    func `Each element ends where it began`(name: String) throws {
        let reader = TagReader(Self.html(try Samples.page(name)))
        #expect(reader.problems.isEmpty)
        #expect(reader.names.starts(with: ["html", "head", "meta", "meta"]))
        #expect(reader.names.count { $0 == "h1" } == 1)
        #expect(reader.names.count { $0 == "main" } == 1)
        #expect(reader.names.count { $0 == "script" } == 1)
        #expect(reader.names.count { $0 == "style" } == 1)
        #expect(Set(reader.names).isDisjoint(with: ["img", "link", "iframe", "object", "embed", "base", "form", "a"]))
    }

    @Test(arguments: Samples.all.map(\.name))
    func `Nothing refers to anything outside`(name: String) throws {
        let html = Self.html(try Samples.page(name))
        let reader = TagReader(html)
        for (element, attribute, value) in reader.attributes {
            #expect(!attribute.hasPrefix("on"), "<\(element) \(attribute)>")
            #expect(!["src", "srcset", "style", "action", "data", "xlink:href"].contains(attribute), "<\(element)>")
            if attribute == "href" { #expect(value.hasPrefix("#"), "\(value)") }
        }
        #expect(html.pieces(after: "url(").allSatisfy { $0.hasPrefix("#") })
        #expect(html.pieces(after: "@import").isEmpty)
    }

    @Test(arguments: Samples.all.map(\.name))
    func `What a chart refers to is there, once`(name: String) throws {
        let reader = TagReader(Self.html(try Samples.page(name)))
        let ids = reader.attributes.filter { $0.name == "id" }.map(\.value)
        #expect(Set(ids).count == ids.count)
        for reference in reader.attributes where reference.name == "href" {
            #expect(ids.contains(String(reference.value.dropFirst())))
        }
        for label in reader.attributes where label.name == "aria-labelledby" { #expect(ids.contains(label.value)) }
    }

    @Test
    func `Names are texts, whatever they hold`() {
        let texts = [
            Samples.hostileName, "<script>alert(1)</script>", "\" onmouseover=\"alert(1)", "' x='", "</title><b>",
            "]]>", "&lt;", "\u{FFFE}\u{0}<\u{0}b>", "\u{1B}]8;;https://evil.example\u{7}x",
        ]
        let harmless = TagReader(Self.html(Samples.hostile("harmless")))
        for text in texts {
            let html = Self.html(Samples.hostile(text))
            let reader = TagReader(html)
            #expect(reader.problems.isEmpty)
            #expect(reader.names == harmless.names)
            #expect(reader.attributes.map(\.name) == harmless.attributes.map(\.name))
            #expect(!html.unicodeScalars.contains { Self.isHarmful($0) })
        }
        #expect(Self.html(Samples.hostile("a & b <c>")).pieces(after: "a &amp; b &lt;c&gt;").count > 50)
    }

    private static func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x0A: false
        case 0..<0x20, 0x7F..<0xA0, 0x202A...0x202E, 0x2066...0x2069, 0x2028, 0x2029, 0xFEFF: true
        default: false
        }
    }

    @Test
    func `The policy names the style and the script that are there`() throws {
        let html = Self.html(Samples.full)
        let policy = try #require(TagReader(html).attributes.first { $0.value.hasPrefix("default-src") }).value
        #expect(policy.hasPrefix("default-src &#39;none&#39;; "))
        for (name, rule) in [("style", "style-src"), ("script", "script-src")] {
            let text = try #require(html.pieces(after: "<\(name)>").first?.pieces(before: "</\(name)>"))
            let hex = ContentDigest(of: Array(text.utf8)).hex
            let source = try #require(policy.pieces(after: "\(rule) &#39;sha256-").first).prefix { $0 != "&" }
            #expect(Base64Reader.hex(String(source)) == hex)
        }
    }

    @Test
    func `The same page gives the same bytes`() {
        #expect(Self.html(Samples.full) == Self.html(Samples.full))
        #expect(Self.html(Samples.jumping) == Self.html(Samples.jumping))
    }

    @Test
    func `Ten thousand builds and two hundred steps stay small`() {
        var page = Samples.focus(steps: 200)
        (page.points, page.totals) = (Samples.history(10_000).points, Samples.history(10_000).totals)
        let html = Self.html(page)
        #expect(html.utf8.count < 1_500_000)
        let marks = TagReader(html).attributes.count { $0.name == "href" && $0.value.hasPrefix("#m-") }
        #expect((400...810).contains(marks))
        #expect(Self.html(Samples.hostile(Samples.hostileName)).utf8.count < 1_500_000)
    }

    @Test
    func `Of many steps the short ones are counted`() {
        let html = Self.html(Samples.focus(steps: 2000))
        #expect(html.pieces(after: "<details").count == 200)
        #expect(html.pieces(after: "1,800 shorter steps not shown").count == 1)
    }

    @Test
    func `A failed step stands open with its output`() {
        let html = Self.html(Samples.failed)
        #expect(html.pieces(after: "<details class=\"step\" open").count == 1)
        #expect(html.pieces(after: "<pre").count == 1)
        #expect(html.pieces(after: "main.c:59:7: error: expected ‘;’ before ‘return’ here\n").count == 1)
    }

    @Test
    func `A sink that throws ends the writing`() {
        struct Full: Error {}
        var blocks = 0
        #expect(throws: Full.self) {
            try HTMLReport.write(Samples.full) { block in
                #expect(block.count <= 64 * 1024)
                blocks += 1
                if blocks == 2 { throw Full() }
            }
        }
        #expect(blocks == 2)
    }
}
