import CaissonBuildModel
import CaissonHCL
import CaissonText

extension HCLValue {
    /// A text that isn't empty.
    var manifestText: String {
        get throws(BakeValueError) {
            guard !isNull, let text = try brought(to: .string).string else {
                throw BakeValueError("a text is missing")
            }
            guard !text.isEmpty else { throw BakeValueError("a text is empty") }
            return text
        }
    }

    /// The elements of a list.
    var manifestElements: [HCLValue] {
        get throws(BakeValueError) {
            guard let elements else { throw BakeValueError("a list is needed, but this is a \(type)") }
            return elements
        }
    }

    /// The texts of a list, none of them empty.
    var manifestTexts: [String] {
        get throws(BakeValueError) {
            var texts: [String] = []
            for element in try manifestElements { texts.append(try element.manifestText) }
            return texts
        }
    }

    /// The members of a table whose keys a place knows, without those that are null.
    func manifestTable(_ place: ManifestPlace, named name: String) throws(BakeValueError) -> [String: HCLValue] {
        try check(place, named: name)
        return (members?.dictionary ?? [:]).filter { !$0.value.isNull }
    }

    /// Refuses what is no table, and keys that a place doesn't know: an expression may have made them.
    func check(_ place: ManifestPlace, named name: String) throws(BakeValueError) {
        guard let members else { throw BakeValueError("\(name) needs a table, but this is a \(type)") }
        let known = ManifestKey.keys(at: place).map(\.name)
        guard let other = members.names.first(where: { !known.contains($0) }) else { return }
        let meant = nearest(to: other, among: known).map { "; did you mean \($0.quoted)?" } ?? ""
        throw BakeValueError("\(name) has no key \(other.quoted)\(meant)")
    }

    /// `low`, `normal`, `high`, or a whole number.
    var manifestPriority: String {
        get throws(BakeValueError) {
            let text = try manifestText
            let isNumber = text.utf8.count <= 9 && text.utf8.allSatisfy(\.isDigit)
            guard isNumber || ["low", "normal", "high"].contains(text) else {
                throw BakeValueError(
                    "\(text.quoted) is no priority; write low, normal, high, or a whole number from 0 to 999999999"
                )
            }
            return text
        }
    }

    /// A length of time, of that length at least.
    func manifestDuration(least: Duration) throws(BakeValueError) -> Duration {
        let text = try manifestText
        guard let span = Timespan(parsing: text) ?? Timespan(iso8601: text) else {
            throw BakeValueError("\(text.quoted) is no length of time; write 30s, 5m, 1h30m or PT5M for instance")
        }
        guard span.duration >= least else {
            throw BakeValueError("\(text.quoted) is no time at all; leave it out where there is no bound")
        }
        return span.duration
    }

    /// A number of bytes, at least one.
    func manifestSize(_ name: String) throws(BakeValueError) -> Int64 {
        let text = try manifestText
        do throws(ParseError) {
            let size = try ByteSize(parsing: text)
            if size.bytes > 0 { return size.bytes }
        } catch {
            throw BakeValueError("\(name) is \(text.quoted), which is no size; write 512m or 2g for instance")
        }
        throw BakeValueError("\(name) is \(text.quoted), which is nothing; leave it out")
    }

    /// A whole number within bounds.
    func manifestWhole(in bounds: ClosedRange<Int>, _ name: String) throws(BakeValueError) -> Int {
        guard let number = try brought(to: .number).number?.integer, bounds.contains(number) else {
            throw BakeValueError(
                "\(name) is \(try manifestText); write a whole number from \(bounds.lowerBound) to \(bounds.upperBound)"
            )
        }
        return number
    }

    /// A number in thousandths, which it has to be a whole number of: from a thousandth to ten thousand.
    func manifestThousandths(_ name: String) throws(BakeValueError) -> Int {
        let text = try brought(to: .number).number?.text ?? ""
        let (whole, fraction) = text.cut(at: ".") ?? (text, "")
        let digits = fraction + String(repeating: "0", count: max(0, 3 - fraction.utf8.count))
        guard digits.utf8.count == 3, let number = Int(whole + digits), (1...10_000_000).contains(number) else {
            throw BakeValueError("\(name) is \(text); write a number from 0.001 to 10000 with three decimals at most")
        }
        return number
    }
}
