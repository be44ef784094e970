import CaissonBuildModel
import CaissonJSON
import CaissonText

// Each of these notes what is wrong with a value, and gives nil then, as where there is no value.
extension TaskReader {
    /// A text.
    mutating func text(_ object: TaskObject, _ key: String) -> String? {
        object[key].flatMap { text($0, "\(object.path).\(key)") }
    }

    /// A text, which can't have a NUL where it goes.
    mutating func text(_ value: PlacedJSON, _ path: String) -> String? {
        guard let text = value.text else {
            note(value.offset, "\(path) has to be a text\(value.number.map { "; write \"\($0)\"" } ?? "")")
            return nil
        }
        guard !text.utf8.contains(0) else {
            note(value.offset, "\(path) has a NUL in it, which no program can be given")
            return nil
        }
        return text
    }

    /// A text of one line that isn't empty.
    mutating func line(_ object: TaskObject, _ key: String) -> String? {
        object[key].flatMap { line($0, "\(object.path).\(key)") }
    }

    /// A text of one line that isn't empty.
    mutating func line(_ value: PlacedJSON, _ path: String) -> String? {
        guard let text = text(value, path) else { return nil }
        let isShown = text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
        guard !text.trimmed.isEmpty, isShown, text.utf8.count <= 256 else {
            note(value.offset, "\(path) is \(text.quoted), but has to be a line of 1 to 256 bytes")
            return nil
        }
        return text
    }

    /// A list.
    mutating func list(_ object: TaskObject, _ key: String) -> [PlacedJSON]? {
        guard let value = object[key] else { return nil }
        guard let items = value.items else {
            note(value.offset, "\(object.path).\(key) has to be a list")
            return nil
        }
        return items
    }

    /// Yes or no.
    mutating func boolean(_ object: TaskObject, _ key: String) -> Bool? {
        guard let value = object[key] else { return nil }
        guard case .scalar(.bool(let isTrue)) = value.content else {
            note(value.offset, "\(object.path).\(key) has to be true or false")
            return nil
        }
        return isTrue
    }

    /// A span of time, in whole milliseconds.
    mutating func span(_ object: TaskObject, _ key: String) -> Duration? {
        guard let value = object[key] else { return nil }
        let path = "\(object.path).\(key)"
        guard let text = value.text, let span = SpanSpelling.parse(text) else {
            let given = (value.text?.quoted ?? value.number).map { "\(path) is \($0), but" } ?? path
            note(value.offset, "\(given) has to be a length of time, such as \"PT30M\" or \"30m\"")
            return nil
        }
        guard span > .zero else {
            note(value.offset, "\(path) is no time at all; leave it out where there is no bound")
            return nil
        }
        return span
    }

    /// Processors, in thousandths of one.
    mutating func processors(_ object: TaskObject, _ key: String) -> Int? {
        guard let value = object[key] else { return nil }
        guard let number = value.number.flatMap(Double.init), number >= 0.001, number <= 1_000_000 else {
            note(value.offset, "\(object.path).\(key) has to be a number from 0.001 to 1000000, such as 2 or 0.5")
            return nil
        }
        return Int((number * 1000).rounded())
    }

    /// An amount in units of 1,048,576 bytes, in bytes.
    mutating func megabytes(_ object: TaskObject, _ key: String) -> Int64? {
        guard let value = object[key] else { return nil }
        let most: Int64 = 1 << 40
        guard let number = value.number.flatMap({ Int64($0) }), number > 0, number <= most else {
            note(value.offset, "\(object.path).\(key) has to be a whole number from 1 to \(most), such as 4096")
            return nil
        }
        return number << 20
    }

    /// `low`, `normal`, `high`, or a whole number, which may be written as one.
    mutating func priority(_ object: TaskObject, _ key: String) -> String? {
        guard let value = object[key] else { return nil }
        let text = value.text ?? value.number ?? ""
        let isNumber = !text.isEmpty && text.utf8.count <= 9 && text.utf8.allSatisfy(\.isDigit)
        guard isNumber || (value.text != nil && ["low", "normal", "high"].contains(text)) else {
            note(
                value.offset,
                "\(object.path).\(key) has to be low, normal, high, or a whole number from 0 to 999999999"
            )
            return nil
        }
        return text
    }

    /// The name that an object has under `id`; nil where it has none that can be used, which is noted.
    mutating func name(of object: TaskObject, limit: Int) -> String? {
        guard let value = object["id"], let text = text(value, "\(object.path).id") else { return nil }
        let rest = Set("._-".utf8)
        guard let first = text.utf8.first, first.isAlphanumeric, text.utf8.count <= limit,
            text.utf8.allSatisfy({ $0.isAlphanumeric || rest.contains($0) })
        else {
            note(
                value.offset,
                "\(object.path).id is \(text.quoted), but has to be 1 to \(limit) of A-Z, a-z, 0-9, '.', '_' and "
                    + "'-', the first a letter or a digit"
            )
            return nil
        }
        return text
    }

    /// The image that an object names.
    mutating func image(of object: TaskObject) -> ImageReference? {
        guard let value = object["image"], let text = text(value, "\(object.path).image") else { return nil }
        guard text != "scratch" else {
            note(value.offset, "\(object.path).image is scratch, which has no programs; name another")
            return nil
        }
        do {
            return try ImageReference(parsing: text)
        } catch {
            note(value.offset, "\(object.path).image: \(error)")
            return nil
        }
    }
}

/// Spans of time as a task spells them: as ISO 8601 does, or as Go.
enum SpanSpelling {
    /// Reads `PT5M` or `1h30m`, rounded up to whole milliseconds; nil where the text is neither.
    ///
    /// A number without a unit is none: whoever writes it may mean minutes.
    static func parse(_ text: String) -> Duration? {
        guard text.utf8.count <= 64, text.utf8.last?.isDigit == false else { return nil }
        let span = text.hasPrefix("P") ? Timespan(iso8601: text)?.duration : GoDuration.parse(text)
        return span.map { span in
            let (seconds, attoseconds) = span.components
            return .seconds(seconds) + .milliseconds((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
        }
    }
}
