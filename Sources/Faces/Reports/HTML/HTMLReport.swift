import CaissonBuildModel
import CaissonText

/// The report as one HTML file that needs nothing else.
///
/// It asks for no other file, which a content security policy enforces; all charts are drawn here, so that it is whole
/// without its script, which only filters the list of steps. Lengths in charts are percentages of their width: texts
/// in them keep their size on any screen.
package enum HTMLReport {
    /// How many bytes are handed over at once.
    private static let block = 64 * 1024

    /// Writes the file in blocks of at most 64 KiB; the same page always gives the same bytes.
    ///
    /// - Throws: What the sink throws.
    package static func write(_ page: ReportPage, to sink: (ArraySlice<UInt8>) throws -> Void) rethrows {
        let bytes = bytes(page)
        var start = 0
        while start < bytes.count {
            let end = min(start + block, bytes.count)
            try sink(bytes[start..<end])
            start = end
        }
    }

    /// The file's bytes, in UTF-8.
    static func bytes(_ page: ReportPage) -> [UInt8] {
        var html = HTMLText()
        html.literal("<!DOCTYPE html>\n")
        html.element("html", ["lang": "en"]) { html in
            html.element("head") { head(page, &$0) }
            html.element("body") { body(page, &$0) }
        }
        html.literal("\n")
        return html.bytes
    }

    private static func head(_ page: ReportPage, _ html: inout HTMLText) {
        html.void("meta", ["charset": "utf-8"])
        html.void("meta", ["http-equiv": "Content-Security-Policy", "content": policy])
        html.void("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
        html.void("meta", ["name": "referrer", "content": "no-referrer"])
        html.void("meta", ["name": "color-scheme", "content": "light dark"])
        html.element("title", page.title)
        html.element("style") { $0.literal(HTMLStyle.sheet) }
    }

    /// Nothing may be loaded; style and script are those of this file, by their digests.
    private static let policy: String = {
        let (style, script) = (source(HTMLStyle.sheet), source(HTMLScript.text))
        return "default-src 'none'; style-src \(style); script-src \(script); base-uri 'none'; form-action 'none'"
    }()

    /// A text's name in the policy: its SHA-256 in base64 (CSP Level 3, section 2.3.1).
    private static func source(_ text: StaticString) -> String {
        let hex = Array(ContentDigest(of: text.withUTF8Buffer { Array($0) }).hex.utf8)
        let digest = stride(from: 0, to: hex.count - 1, by: 2).compactMap {
            UInt8(String(decoding: hex[$0...($0 + 1)], as: UTF8.self), radix: 16)
        }
        return "'sha256-\(String(decoding: Base64.encode(digest), as: UTF8.self))'"
    }

    private static func body(_ page: ReportPage, _ html: inout HTMLText) {
        html.element("svg", ["class": "defs", "aria-hidden": "true"]) { HTMLMarks.definitions(&$0) }
        html.element("main") { html in
            HTMLHead.write(page, &html)
            if let build = page.build {
                HTMLBuild.write(build, &html)
                HTMLGantt.write(build, made: page.made, &html)
                HTMLPath.write(build, &html)
            }
            HTMLHistory.write(page, &html)
            HTMLAdvice.write(page, &html)
            HTMLTables.write(page, &html)
            HTMLPressure.write(page.pressure, &html)
            html.element("footer") { html in
                html.text("Made by Caisson at \(Figure.time(page.made)). All times are in UTC.")
            }
        }
        html.element("script") { $0.literal(HTMLScript.text) }
    }
}
