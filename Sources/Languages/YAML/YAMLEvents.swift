import CaissonCYAML
import CaissonText

/// A step of libyaml's parser.
struct YAMLEvent {
    /// What it says.
    enum Kind: Equatable {
        case streamStart, streamEnd, documentStart, documentEnd, listStart, listEnd, mapStart, mapEnd
        case alias
        case scalar(String, YAMLStyle)
    }

    /// What it says.
    var kind: Kind
    /// Where it begins.
    var place: TextPlace
    /// Where it ends.
    var end: TextPlace
    /// The name after `&`, or for an alias after `*`.
    var anchor: String?
    /// The type that is written before the value.
    var tag: String?
}

/// The events of a text, made one by one.
///
/// This is libyaml itself, not Yams around it: Yams' tree reads as deep as the text goes, and compares keys with all their
/// aliases expanded, which takes years for a few hostile lines; and with it come Foundation and ICU, which every start of the
/// program pays for.
final class YAMLEvents {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let text: UnsafeBufferPointer<UInt8>

    /// Makes a parser of a text, which must live as long.
    init?(_ text: UnsafeBufferPointer<UInt8>) {
        self.text = text
        parser = .allocate(capacity: 1)
        parser.initialize(to: yaml_parser_t())
        guard yaml_parser_initialize(parser) == 1 else {
            parser.deallocate()
            return nil
        }
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, text.baseAddress, text.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
    }

    /// The next event.
    func next() throws(YAMLError) -> YAMLEvent {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw error() }
        defer { yaml_event_delete(&event) }
        let (place, end) = (Self.place(event.start_mark), Self.place(event.end_mark))
        switch event.type {
        case YAML_ALIAS_EVENT:
            return YAMLEvent(kind: .alias, place: place, end: end, anchor: Self.string(event.data.alias.anchor))
        case YAML_SCALAR_EVENT:
            return Self.scalar(of: event, place, end)
        case YAML_SEQUENCE_START_EVENT:
            let start = event.data.sequence_start
            return YAMLEvent(
                kind: .listStart,
                place: place,
                end: end,
                anchor: Self.string(start.anchor),
                tag: Self.string(start.tag)
            )
        case YAML_MAPPING_START_EVENT:
            let start = event.data.mapping_start
            return YAMLEvent(
                kind: .mapStart,
                place: place,
                end: end,
                anchor: Self.string(start.anchor),
                tag: Self.string(start.tag)
            )
        default:
            return YAMLEvent(kind: Self.kind(event.type), place: place, end: end)
        }
    }

    private static func kind(_ type: yaml_event_type_t) -> YAMLEvent.Kind {
        switch type {
        case YAML_STREAM_START_EVENT: .streamStart
        case YAML_DOCUMENT_START_EVENT: .documentStart
        case YAML_DOCUMENT_END_EVENT: .documentEnd
        case YAML_SEQUENCE_END_EVENT: .listEnd
        case YAML_MAPPING_END_EVENT: .mapEnd
        default: .streamEnd
        }
    }

    private static func scalar(of event: yaml_event_t, _ place: TextPlace, _ end: TextPlace) -> YAMLEvent {
        let scalar = event.data.scalar
        let style: YAMLStyle =
            switch scalar.style {
            case YAML_SINGLE_QUOTED_SCALAR_STYLE, YAML_DOUBLE_QUOTED_SCALAR_STYLE: .quoted
            case YAML_LITERAL_SCALAR_STYLE, YAML_FOLDED_SCALAR_STYLE: .block
            default: .plain
            }
        let text = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
        return YAMLEvent(
            kind: .scalar(text, style),
            place: place,
            end: end,
            anchor: string(scalar.anchor),
            tag: string(scalar.tag)
        )
    }

    private func error() -> YAMLError {
        let state = parser.pointee
        let problem = state.problem.map { String(cString: $0) } ?? "there is not enough memory"
        guard state.error != YAML_READER_ERROR else {
            let place = TextPlace(of: state.problem_offset, in: Array(text))
            return YAMLError(place, problem: problem, context: "", isTab: false)
        }
        let index = Int(state.problem_mark.index)
        return YAMLError(
            Self.place(state.problem_mark),
            problem: problem,
            context: state.context.map { String(cString: $0) } ?? "",
            isTab: problem == "found character that cannot start any token" && character(at: index) == 0x09
        )
    }

    /// The byte at which the scalar of that number begins.
    private func character(at index: Int) -> UInt8? {
        var left = index
        return text.first { byte in
            if byte & 0xC0 == 0x80 { return false }
            left -= 1
            return left < 0
        }
    }

    private static func place(_ mark: yaml_mark_t) -> TextPlace {
        TextPlace(line: Int(mark.line) + 1, column: Int(mark.column) + 1)
    }

    private static func string(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        pointer.map { String(cString: $0) }
    }
}
