import CaissonJSON
import CaissonText

/// A document that the editor has open.
struct OpenDocument {
    /// Its name as the editor has it.
    let uri: String
    /// The editor's version of the text.
    var version: Int?
    /// The text in UTF-8.
    private(set) var text: [UInt8]
    /// Changes with all that makes another check needed, as the editor's versions need not; no two openings share one.
    private(set) var generation: Int
    /// Why the text isn't known, or isn't checked; nil where it is.
    private(set) var refusal: String?
    /// What is known of this generation, if anything.
    var report: LintReport?
    /// How long its next check waits, as the next key may be pressed soon.
    private(set) var delay = Duration.zero

    /// The largest document that is checked.
    static let largest = 2 << 20
    private static let typingPause = Duration.milliseconds(150)

    /// - Parameter opening: Which opening of a document this is.
    init(uri: String, version: Int?, text: [UInt8], opening: Int = 0) {
        self.uri = uri
        generation = opening << 32
        self.version = version
        self.text = []
        replace(by: text)
    }

    /// Makes another check needed.
    mutating func touch() {
        generation += 1
        report = nil
        delay = .zero
    }

    /// Forgets the text, as what the editor has can't be known any more.
    mutating func lose(because reason: String) {
        text = []
        refusal = reason
        touch()
    }

    /// Takes the changes of one message, each a whole text or a text for a range of what the ones before left.
    /// - Parameter mostWork: How many bytes may be looked at for it.
    mutating func apply(_ changes: [JSON], _ encoding: PositionEncoding, mostWork: Int = 1 << 30) {
        touch()
        delay = Self.typingPause
        var work = 0
        for change in changes {
            guard let new = change["text"]?.string else {
                return lose(because: "a change came without a text; close the document and open it again")
            }
            guard let range = change["range"], range != .null else {
                replace(by: Array(new.utf8))
                continue
            }
            guard refusal == nil else { continue }
            work += text.count
            guard work <= mostWork else {
                return lose(because: "it changed in too many places at once; close the document and open it again")
            }
            do throws(ResponseError) {
                try replace(range, by: new, encoding)
            } catch {
                return lose(because: "a change couldn't be read (\(error.message)); open the document again")
            }
        }
    }

    private mutating func replace(by new: [UInt8]) {
        text = new
        refusal = nil
        checkSize()
    }

    private mutating func replace(
        _ json: JSON,
        by new: String,
        _ encoding: PositionEncoding
    ) throws(ResponseError) {
        let ends = [try LinePosition(json["start"], of: "start"), try LinePosition(json["end"], of: "end")].sorted()
        let lines = TextLines(text)
        text.replaceSubrange(lines.offset(of: ends[0], encoding)..<lines.offset(of: ends[1], encoding), with: new.utf8)
        checkSize()
    }

    private mutating func checkSize() {
        guard text.count > Self.largest else { return }
        lose(
            because: "it is larger than \(Self.largest >> 20) MiB and isn't checked while it is edited; "
                + "'caisson lint' checks files up to 16 MiB"
        )
    }
}

/// What a `file:` URI stands for.
enum DocumentURI {
    /// The longest that is taken.
    static let longest = 4096

    /// The path of a file of this machine; nil for anything else.
    static func path(_ uri: String) -> String? {
        guard uri.count >= 7, uri.prefix(7).lowercased() == "file://" else { return nil }
        let rest = uri.dropFirst(7)
        guard let slash = rest.firstIndex(of: "/") else { return nil }
        let host = rest[..<slash].lowercased()
        guard host.isEmpty || host == "localhost" else { return nil }
        let encoded = rest[slash...].prefix { $0 != "?" && $0 != "#" }
        guard let path = String(encoded).percentDecoded, !path.utf8.contains(0) else { return nil }
        return path
    }
}

/// The documents that the editor has open, so many and so large at most.
struct OpenDocuments {
    /// How many are kept.
    static let most = 1000
    /// How many bytes they have together.
    static let mostBytes = 64 << 20

    private(set) var byURI: [String: OpenDocument] = [:]
    private var bytes = 0

    subscript(uri: String) -> OpenDocument? { byURI[uri] }

    var uris: [String] { byURI.keys.sorted() }

    /// Opens a document, or why it isn't kept.
    mutating func open(_ document: OpenDocument) -> String? {
        remove(document.uri)
        guard byURI.count < Self.most else {
            return "more than \(Self.most) documents are open; close others and open this one again"
        }
        guard bytes + document.text.count <= Self.mostBytes else {
            return "the open documents have more than \(Self.mostBytes >> 20) MiB; close others and open this one again"
        }
        bytes += document.text.count
        byURI[document.uri] = document
        return nil
    }

    /// Closes a document.
    mutating func remove(_ uri: String) {
        guard let document = byURI.removeValue(forKey: uri) else { return }
        bytes -= document.text.count
    }

    /// Changes a document that is open; what makes all of them too large is lost.
    mutating func update(_ uri: String, _ body: (inout OpenDocument) -> Void) {
        guard var document = byURI.removeValue(forKey: uri) else { return }
        bytes -= document.text.count
        body(&document)
        if bytes + document.text.count > Self.mostBytes {
            document.lose(because: "the open documents have more than \(Self.mostBytes >> 20) MiB; close some of them")
        }
        bytes += document.text.count
        byURI[uri] = document
    }
}
