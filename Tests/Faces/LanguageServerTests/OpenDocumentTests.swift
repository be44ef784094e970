import CaissonJSON
import Testing

@testable import CaissonLanguageServer

/// Texts that change, and what is too much.
@Suite struct OpenDocumentTests {
    private func change(_ from: (Int, Int), _ to: (Int, Int), _ text: String) -> JSON {
        let start = LinePosition(line: from.0, character: from.1).json
        let end = LinePosition(line: to.0, character: to.1).json
        return .members(["range": .members(["start": start, "end": end]), "text": .string(text)])
    }

    private func changed(_ text: String, _ changes: [JSON], _ encoding: PositionEncoding = .utf16) -> OpenDocument {
        var document = OpenDocument(uri: "file:///x", version: 1, text: Array(text.utf8))
        document.apply(changes, encoding)
        return document
    }

    private func text(_ document: OpenDocument) -> String { String(decoding: document.text, as: UTF8.self) }

    @Test func `each change is of what the ones before left`() {
        let document = changed("one\ntwo\n", [change((0, 3), (1, 0), " "), change((0, 4), (0, 7), "2\n3")])
        #expect(text(document) == "one 2\n3\n")
        #expect(text(changed("a", [.members(["text": .string("b")]), change((0, 1), (0, 1), "c")])) == "bc")
    }

    @Test func `columns behind characters beyond U+FFFF are those of the encoding`() {
        #expect(text(changed("😀é!", [change((0, 3), (0, 4), "?")])) == "😀é?")
        #expect(text(changed("😀é!", [change((0, 6), (0, 7), "?")], .utf8)) == "😀é?")
        // The ends may come in the wrong order, or be behind the text.
        #expect(text(changed("abc", [change((0, 2), (0, 1), "")])) == "ac")
        #expect(text(changed("abc", [change((0, 1), (9, 9), "x")])) == "ax")
    }

    @Test(
        arguments: [
            #"{}"#, #"{"text":7}"#, #"{"range":7,"text":"x"}"#,
            #"{"range":{"start":{"line":0,"character":0}},"text":"x"}"#,
            #"{"range":{"start":{"line":0,"character":-1},"end":{"line":0,"character":0}},"text":"x"}"#, "7", "null",
        ]
    )
    func `a change that can't be read loses the text until a whole one comes`(text json: String) throws {
        var document = changed("FROM a\n", [try JSON(parsing: Array(json.utf8))])
        #expect(document.refusal?.contains("open") == true && document.text.isEmpty)
        document.apply([change((0, 0), (0, 0), "x")], .utf16)
        #expect(document.refusal != nil && document.text.isEmpty)
        document.apply([.members(["text": .string("FROM b\n")])], .utf16)
        #expect(document.refusal == nil && text(document) == "FROM b\n")
    }

    @Test func `a document that grows too large is told, and checked again when it is smaller`() {
        var document = OpenDocument(uri: "u", version: 1, text: [UInt8](repeating: 0x23, count: OpenDocument.largest))
        #expect(document.refusal == nil)
        document.apply([change((0, 0), (0, 0), "#")], .utf8)
        #expect(document.refusal?.contains("larger than 2 MiB") == true && document.text.isEmpty)
        document.apply([.members(["text": .string("FROM a\n")])], .utf8)
        #expect(document.refusal == nil)
    }

    @Test func `more work than a message is worth loses the text`() {
        var document = OpenDocument(uri: "u", version: 1, text: Array("#23456789\n".utf8))
        let changes = [JSON](repeating: change((0, 0), (0, 1), "#"), count: 11)
        document.apply(Array(changes.dropLast()), .utf8, mostWork: 100)
        #expect(document.refusal == nil)
        document.apply(changes, .utf8, mostWork: 100)
        #expect(document.refusal?.contains("too many places") == true)
    }

    @Test(
        arguments: [
            ("file:///a/b%20c", "/a/b c"), ("FILE://localhost/a", "/a"), ("file:///", "/"), ("file:///a?x#y", "/a"),
            ("file:///%E2%86%92", "/→"), ("file:///a%2", "/a%2"),
        ]
    )
    func `a URI of a file is its path`(uri: String, path: String) {
        #expect(DocumentURI.path(uri) == path)
    }

    @Test(arguments: ["untitled:Untitled-1", "file://host/a", "file:a", "file://", "", "file:///%00", "file:///%FF"])
    func `any other has none`(uri: String) {
        #expect(DocumentURI.path(uri) == nil)
    }

    @Test func `so many documents are kept, and so many bytes`() {
        var documents = OpenDocuments()
        for number in 0..<OpenDocuments.most {
            #expect(documents.open(OpenDocument(uri: "\(number)", version: 1, text: [])) == nil)
        }
        #expect(documents.open(OpenDocument(uri: "more", version: 1, text: []))?.contains("1000 documents") == true)
        documents.remove("7")
        #expect(documents.open(OpenDocument(uri: "more", version: 1, text: [])) == nil)
        var large = OpenDocuments()
        let text = [UInt8](repeating: 0x23, count: OpenDocument.largest)
        let fitting = OpenDocuments.mostBytes / OpenDocument.largest
        for number in 0..<fitting { #expect(large.open(OpenDocument(uri: "\(number)", version: 1, text: text)) == nil) }
        #expect(large.open(OpenDocument(uri: "more", version: 1, text: [0x23]))?.contains("64 MiB") == true)
        large.update("0") { $0.lose(because: "x") }
        #expect(large.open(OpenDocument(uri: "more", version: 1, text: [0x23])) == nil)
    }
}

/// Where a document's configuration may be.
@Suite struct ConfigurationFolderTests {
    private func folders(_ path: String?, in roots: [String]) -> [String] {
        var client = ClientTraits()
        client.folders = roots
        return client.configurationFolders(of: path)
    }

    @Test func `the document's folder and those above it up to the editor's hold its configuration`() {
        #expect(folders("/w/a/b/Dockerfile", in: ["/w"]) == ["/w/a/b", "/w/a", "/w"])
        #expect(folders("/w/a/b/Dockerfile", in: ["/w", "/w/a/"]) == ["/w/a/b", "/w/a"])
        #expect(folders("/w/Dockerfile", in: ["/w"]) == ["/w"])
        #expect(folders("/a/Dockerfile", in: ["/"]) == ["/a", "/"])
        // A folder of another one's name, with more behind it, holds nothing of it.
        #expect(folders("/wide/a/Dockerfile", in: ["/w"]) == ["/wide/a"])
        #expect(folders("/Dockerfile", in: []) == ["/"])
        #expect(folders(nil, in: ["/w", "/x"]) == ["/w"])
        #expect(folders(nil, in: []) == [])
        #expect(folders("/" + String(repeating: "a/", count: 500) + "f", in: ["/"]).count == 64)
    }
}
