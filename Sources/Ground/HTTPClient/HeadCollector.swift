/// Collects the header lines that libcurl hands over and tells when the final head is complete.
///
/// libcurl reports every head of a transfer: interim answers, redirects that it follows, and trailers at the end.
struct HeadCollector {
    /// Whether libcurl follows redirects, whose heads aren't the answer.
    var followsRedirects = false
    private var current: HTTPHead?
    private var total = 0
    /// The last complete head that isn't an interim answer's.
    private(set) var final: HTTPHead?

    /// What one line meant.
    enum Step {
        case more
        case head(HTTPHead)
        case tooLarge
    }

    /// Whether the last head sends the client elsewhere.
    var isRedirect: Bool { final.map(redirects) ?? false }

    /// Takes one line with its end.
    mutating func take(_ line: UnsafeRawBufferPointer) -> Step {
        total += line.count
        guard total <= Transfer.headLimit else { return .tooLarge }
        let text = trimmed(String(decoding: line.filter { $0 != 0x0D && $0 != 0x0A }, as: UTF8.self))
        if text.hasPrefix("HTTP/") {
            current = Self.parseStatusLine(text)
            return .more
        }
        guard var head = current else { return .more }
        if text.isEmpty {
            current = nil
            guard head.status >= 200 else { return .more }
            final = head
            return followsRedirects && redirects(head) ? .more : .head(head)
        }
        if let colon = text.firstIndex(of: ":") {
            head.headers.append(String(text[..<colon]), String(trimmed(text[text.index(after: colon)...])))
            current = head
        }
        return .more
    }

    private func redirects(_ head: HTTPHead) -> Bool {
        (300..<400).contains(head.status) && head.headers["Location"] != nil
    }

    private static func parseStatusLine(_ text: Substring) -> HTTPHead? {
        let words = text.split(separator: " ", maxSplits: 2)
        guard words.count >= 2, let status = Int(words[1]) else { return nil }
        let reason = words.count == 3 ? String(words[2]) : ""
        return HTTPHead(status: status, reason: reason, minorVersion: 1, headers: HTTPHeaders())
    }
}
