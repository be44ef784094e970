import CaissonGoRegex

/// A pattern of literals, `*`, `?` and `**` over the bytes of a path, matched without memory and without deep
/// backtracking.
///
/// Only the last `*` and the last `**` are ever tried again with more text: whatever an earlier one could match by
/// taking more, a later one can match as well, because every `**` begins at the beginning of a name. So the time is
/// bounded by path length × directories × pattern length.
struct Glob: Sendable {
    /// One step of the pattern.
    enum Operation: Sendable, Hashable {
        /// Exactly this byte.
        case byte(UInt8)
        /// One scalar that isn't `/`.
        case anyScalar
        /// Any bytes without `/`.
        case star
        /// Nothing, or anything that ends with `/`.
        case directories
        /// Anything, to the end.
        case everything
    }

    let operations: [Operation]
    /// Whether a part of it may match text with `/`.
    let crossesSlashes: Bool

    init(_ operations: [Operation]) {
        self.operations = operations
        crossesSlashes = operations.contains { $0 == .directories || $0 == .everything }
    }

    /// The place in the pattern and in the path, and where to go on after a mismatch.
    private struct State {
        var step = 0
        var at = 0
        var star: (step: Int, at: Int)?
        var directories: (step: Int, at: Int)?
    }

    /// Whether the whole path matches.
    func matches(_ path: Span<UInt8>) -> Bool {
        var state = State()
        while true {
            if state.step == operations.count {
                if state.at == path.count { return true }
            } else if operations[state.step] == .everything {
                return true
            } else if advance(&state, path) {
                continue
            }
            guard retreat(&state, path) else { return false }
        }
    }

    private func advance(_ state: inout State, _ path: Span<UInt8>) -> Bool {
        switch operations[state.step] {
        case .byte(let byte):
            guard state.at < path.count, path[state.at] == byte else { return false }
            state.at += 1
        case .anyScalar:
            guard state.at < path.count, path[state.at] != slash else { return false }
            state.at += decodeScalar(path, at: state.at).width
        case .star:
            state.star = (state.step + 1, state.at)
        case .directories:
            state.directories = (state.step + 1, state.at)
            state.star = nil
        case .everything: break
        }
        state.step += 1
        return true
    }

    private func retreat(_ state: inout State, _ path: Span<UInt8>) -> Bool {
        if let star = state.star, star.at < path.count, path[star.at] != slash {
            let next = star.at + decodeScalar(path, at: star.at).width
            state.star = (star.step, next)
            (state.step, state.at) = (star.step, next)
            return true
        }
        guard let directories = state.directories else { return false }
        var next = directories.at
        while next < path.count, path[next] != slash { next += 1 }
        guard next < path.count else { return false }
        state.directories = (directories.step, next + 1)
        state.star = nil
        (state.step, state.at) = (directories.step, next + 1)
        return true
    }

    /// Whether there is a longer text that begins with these bytes and matches.
    func mayMatch(startingWith bytes: Span<UInt8>) -> Bool {
        // For each place in the bytes, the steps of the pattern that may come next there.
        var alive = [[Bool]](repeating: [Bool](repeating: false, count: operations.count + 1), count: bytes.count + 1)
        alive[0][0] = true
        for at in 0...bytes.count {
            for step in operations.indices where alive[at][step] {
                if at == bytes.count { return true }
                switch operations[step] {
                case .byte(let byte) where bytes[at] == byte: alive[at + 1][step + 1] = true
                case .anyScalar where bytes[at] != slash:
                    alive[at + decodeScalar(bytes, at: at).width][step + 1] = true
                case .byte, .anyScalar: break
                case .star where bytes[at] == slash: alive[at][step + 1] = true
                case .star:
                    alive[at][step + 1] = true
                    alive[at + 1][step] = true
                // Either can match all of the remaining bytes and more.
                case .directories, .everything: return true
                }
            }
        }
        return false
    }
}
