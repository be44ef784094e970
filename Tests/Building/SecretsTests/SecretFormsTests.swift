import Foundation
import Testing

@testable import CaissonSecrets

@Suite struct SecretFormsTests {
    private static let secret = #"s3cr/t+w0rd: "Käse" & <b>\o'clock"#

    private func masked(_ text: String, secret: String = secret) throws -> String {
        SecretMask(try SecretPatterns(of: Array(secret.utf8))).apply(text)
    }

    @Test(arguments: ["", "u:", "me:", "you:"], ["", "\n", "!!", "end"])
    func `base64 of a text with the secret in it doesn't show it`(before: String, after: String) throws {
        let encoded = Data((before + Self.secret + after).utf8).base64EncodedString()
        for text in [encoded, encoded.replacing("+", with: "-").replacing("/", with: "_")] {
            let shown = try masked("<\(text)>")
            #expect(shown.contains("***"))
            // What is left says something of at most a byte on each side.
            let rest = shown.replacing("***", with: "").count
            #expect(rest <= 2 + (before.count + after.count) * 4 / 3 + 6, "\(shown)")
        }
        if before.isEmpty, after.isEmpty || after == "\n" {
            let mask = SecretMask(try SecretPatterns(of: Array((Self.secret + "\n").utf8)))
            #expect(mask.apply("<\(encoded)>") == "<***>")
        }
    }

    @Test(arguments: [57, 58, 100, 400, 3000, 16_385, 24_576, 24_577, 24_578, 24_600])
    func `base64 in lines doesn't show it`(count: Int) throws {
        var random = SplitMix(UInt64(count))
        let secret = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
        let mask = SecretMask(try SecretPatterns(of: secret))
        for options in [Data.Base64EncodingOptions.lineLength64Characters, .lineLength76Characters] {
            let text = Data(secret).base64EncodedString(options: [options, .endLineWithLineFeed])
            let shown = String(decoding: mask.apply(Array(text.utf8)), as: UTF8.self)
            #expect(shown.split(separator: "\n").allSatisfy { $0 == "***" }, "\(shown)")
        }
    }

    @Test(arguments: [8, 9, 20, 40, 53, 99, 127])
    func `base64 in lines of any width doesn't show a short value`(width: Int) throws {
        var random = SplitMix(7)
        let secret = (0..<600).map { _ in UInt8.random(in: 0...255, using: &random) }
        let mask = SecretMask(try SecretPatterns(of: secret))
        let whole = Array(Data(secret).base64EncodedString().utf8)
        var text: [UInt8] = []
        for begin in stride(from: 0, to: whole.count, by: width) {
            text += whole[begin..<min(begin + width, whole.count)] + [0x0A]
        }
        let shown = String(decoding: mask.apply(text), as: UTF8.self)
        #expect(shown.split(separator: "\n").allSatisfy { $0 == "***" }, "\(shown)")
    }

    @Test func `a value of half a megabyte is looked for everywhere in its encoded form, and soon`() throws {
        var random = SplitMix(9)
        let secret = (0..<500 << 10).map { _ in UInt8.random(in: 0...255, using: &random) }
        let start = ContinuousClock.now
        let mask = SecretMask(try SecretPatterns(of: secret))
        // Optimized it takes a hundredth of this.
        #expect(ContinuousClock.now - start < .seconds(30))
        for offset in 0..<3 {
            let text = Data([UInt8](repeating: 0x61, count: offset) + secret).base64EncodedString()
            #expect(mask.apply(text).utf8.count <= 8, "\(offset)")
        }
        #expect(mask.apply(secret) == Array("***".utf8))
    }

    @Test(arguments: [
        #"s3cr%2Ft%2Bw0rd%3A%20%22K%C3%A4se%22%20%26%20%3Cb%3E%5Co%27clock"#,
        #"s3cr%2ft%2bw0rd%3a%20%22K%c3%a4se%22%20%26%20%3cb%3e%5co%27clock"#,
        #"s3cr%2Ft%2Bw0rd%3A+%22K%C3%A4se%22+%26+%3Cb%3E%5Co%27clock"#,
        #"s3cr%2Ft%2Bw0rd%3A%20%22K%C3%A4se%22%20%26%20%3Cb%3E%5Co'clock"#,
        #"s3cr%2Ft+w0rd:%20%22K%C3%A4se%22%20&%20%3Cb%3E%5Co%27clock"#,
        #"s3cr/t+w0rd: \"Käse\" & <b>\\o'clock"#, #"s3cr\/t+w0rd: \"Käse\" & <b>\\o'clock"#,
        #"s3cr/t+w0rd: \"Käse\" \u0026 \u003cb\u003e\\o'clock"#, #"s3cr/t+w0rd: \"K\u00e4se\" & <b>\\o'clock"#,
        #"s3cr/t+w0rd: "Käse" & <b>\o'\''clock"#,
    ])
    func `an escaped secret isn't shown`(text: String) throws {
        #expect(try masked("a=\(text)&b") == "a=***&b")
    }

    @Test func `a value with a line end is found with and without it`() throws {
        #expect(try masked("<token-1>", secret: "token-1\n") == "<***>")
        #expect(try masked("<token-1\n>", secret: "token-1\r\n") == "<***\n>")
    }

    @Test func `each line of a value is found by itself unless it is common`() throws {
        let secret = "-----BEGIN KEY-----\n  b3BlbnNzaC1rZXk  \n--------------\nshort\n-----END KEY-----\n"
        #expect(try masked("> b3BlbnNzaC1rZXk <\nshort\n", secret: secret) == "> *** <\nshort\n")
        #expect(try masked("--------------", secret: secret) == "--------------")
        #expect(try masked("\(secret)!", secret: secret) == "***\n!")
        #expect(try masked("b3BlbnNzaC1rZXk".base64, secret: secret) == "***")
    }

    @Test(arguments: ["", "abc", "abc\n", "\n\n\n\n"]) func `what is too short has no forms`(secret: String) {
        #expect(SecretForms(of: Array(secret.utf8)).counts.isEmpty || secret == "\n\n\n\n")
    }
}

extension String {
    fileprivate var base64: String { Data(utf8).base64EncodedString() }
}

extension SecretPatterns {
    /// The patterns of one value.
    fileprivate init(of value: [UInt8]) throws { try self.init(ofValues: [LockedBytes(copying: value)]) }
}
