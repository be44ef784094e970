import CaissonBuildModel
import CaissonReporting

/// Shapes that charts have in common.
enum HTMLMarks {
    /// Writes the patterns and shapes to which charts refer.
    static func definitions(_ html: inout HTMLText) {
        html.literal(
            """
            <defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">\
            <path d="M0 0V6" class="hatch"></path></pattern>\
            <pattern id="cross" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">\
            <path d="M0 0V6M0 3H6" class="crossed"></path></pattern>\
            <path id="m-x" d="M-3.5-3.5 3.5 3.5M-3.5 3.5 3.5-3.5"></path>\
            <path id="m-d" d="M0-4 4 0 0 4-4 0Z"></path>\
            <circle id="m-o" r="3"></circle></defs>
            """
        )
    }

    /// A length along a chart, of a place from 0 to 1, such as `12.5%`.
    static func percent(_ place: Double) -> String {
        var text = Quantity.decimal(place * 100, 2)
        while text.hasSuffix("0") { text.removeLast() }
        if text.hasSuffix(".") { text.removeLast() }
        return text + "%"
    }

    /// A length in pixels with one decimal.
    static func pixels(_ length: Double) -> String { Quantity.decimal(length, 1) }

    /// Where a text by a place has to be held, so that it stays within its chart.
    static func anchor(_ place: Double) -> String { place < 0.08 ? "start" : place > 0.92 ? "end" : "middle" }

    /// The shape and the class of a build's mark.
    static func mark(_ status: BuildStatus) -> (shape: String, name: String) {
        switch status {
        case .succeeded: ("#m-o", "ok")
        case .failed, .timedOut: ("#m-x", "bad")
        case .cancelled, .interrupted, .skipped: ("#m-d", "off")
        case .queued, .running: ("#m-o", "on")
        }
    }

    /// Writes a status with its sign.
    static func badge(_ status: BuildStatus, _ html: inout HTMLText) {
        html.element("span", ["class": "badge \(mark(status).name)"], "\(status.sign) \(status.word)")
    }
}
