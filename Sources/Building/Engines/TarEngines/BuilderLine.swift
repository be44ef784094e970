import CaissonText

/// A line of a builder's own among the output of steps.
enum BuilderLine: Sendable, Hashable {
    /// A step begins: `STEP 2/3: RUN make`, with its stage of so many where there are several.
    case step(StepLine)
    /// The result of the step was there already.
    case cached
    /// The step has ended.
    case done
    /// The image is being put together.
    case commit(String)
    /// The image has a name.
    case tagged(String)
    /// The build has succeeded: the beginning of the image's id.
    case built(String)
    /// The id of the image, the last line of podman's.
    case imageID(String)
    /// Something happens to a layer.
    case layer(String)
    /// The builder's warning.
    case warning(String)
    /// What nobody needs to see.
    case noise

    /// The words with which a line of a builder's begins.
    static func markers(isPodman: Bool) -> [String] {
        isPodman
            ? [
                "STEP ", "[", "--> ", "COMMIT", "Successfully tagged ", "time=\"", "Trying to pull ",
                "Getting image source signatures", "Copying blob ", "Copying config ",
                "Writing manifest to image destination", "Storing signatures", "Resolving ", "Resolved ",
            ] : ["Step ", " ---> ", "Removing intermediate container ", "Successfully built ", "Successfully tagged "]
    }

    /// What a line of podman's is; nil for a step's output.
    init?(podman line: String) {
        if let step = StepLine(podman: line) {
            self = .step(step)
        } else if line.hasPrefix("--> Using cache ") {
            self = .cached
        } else if line.hasPrefix("--> "), line.utf8.dropFirst(4).allSatisfy(Self.isHexadecimal) {
            self = .done
        } else if let name = StepLine.afterStage(line), name == "COMMIT" || name.hasPrefix("COMMIT ") {
            self = .commit(String(name.dropFirst(7)))
        } else if line.hasPrefix("Successfully tagged ") {
            self = .tagged(String(line.dropFirst(20)))
        } else if line.utf8.count == 64, line.utf8.allSatisfy(Self.isHexadecimal) {
            self = .imageID(line)
        } else if let warning = Self.logged(line) {
            self = .warning(warning)
        } else if line.hasPrefix("time=\""),
            line.contains("\" level=error msg=\"+(UNHANDLED LOGLEVEL) &imagebuilder.Step{")
        {
            // Said again as the build's error, in words.
            self = .noise
        } else if line.hasPrefix("[Warning] ") {
            self = .warning(String(line.dropFirst(10)))
        } else if line.hasPrefix("Copying blob ") || line.hasPrefix("Copying config ")
            || line.hasPrefix("Trying to pull ")
        {
            self = .layer(line)
        } else {
            return nil
        }
    }

    /// What a line of the classic builder's is; nil for a step's output.
    init?(classic line: String) {
        if let step = StepLine(classic: line) {
            self = .step(step)
        } else if line == " ---> Using cache" {
            self = .cached
        } else if line.hasPrefix(" ---> Running in ") || line.hasPrefix(" ---> Removed intermediate container ")
            || line.hasPrefix("Removing intermediate container ")
        {
            self = .noise
        } else if line.hasPrefix(" ---> "), line.utf8.dropFirst(6).allSatisfy(Self.isHexadecimal) {
            self = .done
        } else if line.hasPrefix(" ---> [Warning] ") {
            self = .warning(String(line.dropFirst(16)))
        } else if line.hasPrefix("Successfully built ") {
            self = .built(String(line.dropFirst(19)))
        } else if line.hasPrefix("Successfully tagged ") {
            self = .tagged(String(line.dropFirst(20)))
        } else {
            return nil
        }
    }

    /// The words of `time="…" level=warning msg="…"`.
    private static func logged(_ line: String) -> String? {
        guard line.hasPrefix("time=\""), let end = line.ranges(of: "\" level=warning msg=\"").first?.upperBound,
            line.hasSuffix("\""), end < line.endIndex
        else { return nil }
        return String(line[end...].dropLast()).replacing("\\\"", with: "\"")
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
    }
}

/// The line with which a step begins.
struct StepLine: Sendable, Hashable {
    /// The stage, from 1; and how many there are.
    var stage = 1
    var stages = 1
    /// The step in it, from 1; and how many there are.
    var index: Int
    var count: Int
    /// The instruction.
    var text: String

    /// Reads `STEP 2/3: RUN make` or `[1/2] STEP 2/3: RUN make`.
    init?(podman line: String) {
        guard let rest = StepLine.afterStage(line), rest.hasPrefix("STEP "),
            let (numbers, text) = StepLine.cut(rest.dropFirst(5), ": ")
        else { return nil }
        guard let (index, count) = StepLine.fraction(numbers) else { return nil }
        if line.hasPrefix("["), let end = line.firstIndex(of: "]") {
            guard let (stage, stages) = StepLine.fraction(line[line.index(after: line.startIndex)..<end]) else {
                return nil
            }
            (self.stage, self.stages) = (stage, stages)
        }
        (self.index, self.count, self.text) = (index, count, String(text))
    }

    /// Reads `Step 2/3 : RUN make`.
    init?(classic line: String) {
        guard line.hasPrefix("Step "), let (numbers, text) = StepLine.cut(line.dropFirst(5), " : "),
            let (index, count) = StepLine.fraction(numbers)
        else { return nil }
        (self.index, self.count, self.text) = (index, count, String(text))
    }

    /// What follows `[1/2] `, or the whole line where there is none; nil where it begins otherwise.
    static func afterStage(_ line: String) -> Substring? {
        guard line.hasPrefix("[") else { return line[...] }
        guard let (stage, rest) = cut(line.dropFirst(), "] "), fraction(stage) != nil else { return nil }
        return rest
    }

    private static func cut(_ text: Substring, _ separator: String) -> (Substring, Substring)? {
        text.ranges(of: separator).first.map { (text[..<$0.lowerBound], text[$0.upperBound...]) }
    }

    /// `2/3`, with the first number from 1 to the second.
    private static func fraction(_ text: Substring) -> (Int, Int)? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let index = Int(parts[0]), let count = Int(parts[1]), index >= 1, index <= count else {
            return nil
        }
        return (index, count)
    }
}

/// Finds the lines of a builder's in text that comes in any pieces, and lets all else through at once.
struct BuilderLines: Sendable {
    /// A piece of the text.
    enum Piece: Sendable, Hashable {
        /// A line that may be the builder's, without its end.
        case line(String)
        /// Output.
        case text(String)
    }

    /// A line that may be the builder's is held so long.
    private static let longest = 64 << 10

    private let markers: [String]
    private let isPodman: Bool
    private var held = ""
    private var isAtStart = true

    init(isPodman: Bool) {
        markers = BuilderLine.markers(isPodman: isPodman)
        self.isPodman = isPodman
    }

    /// The pieces that a text completes.
    mutating func take(_ text: String) -> [Piece] {
        var pieces: [Piece] = []
        var rest = text[...]
        while !rest.isEmpty {
            let end = rest.utf8.firstIndex(of: UInt8(ascii: "\n"))
            let line = rest[..<(end ?? rest.endIndex)]
            rest = end.map { rest[rest.utf8.index(after: $0)...] } ?? ""
            add(line, isWhole: end != nil, to: &pieces)
        }
        return pieces
    }

    /// What is held, at the end of the text.
    mutating func finish() -> [Piece] {
        defer { held = "" }
        return held.isEmpty ? [] : [.line(held)]
    }

    private mutating func add(_ line: Substring, isWhole: Bool, to pieces: inout [Piece]) {
        guard isAtStart else {
            pieces.append(.text(line + (isWhole ? "\n" : "")))
            isAtStart = isWhole
            return
        }
        held += line
        let mayBeOurs = held.utf8.count <= Self.longest && mayBeMarked(held)
        if isWhole {
            pieces.append(mayBeOurs ? .line(held) : .text(held + "\n"))
            held = ""
        } else if !mayBeOurs {
            pieces.append(.text(held))
            held = ""
            isAtStart = false
        }
    }

    private func mayBeMarked(_ line: String) -> Bool {
        if markers.contains(where: { line.hasPrefix($0) || $0.hasPrefix(line) }) { return true }
        return isPodman && line.utf8.count <= 64
            && line.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}
