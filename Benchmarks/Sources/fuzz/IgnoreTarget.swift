import CaissonIgnoreFile

/// An ignore file, then after the last NUL a path: read, compile, decide by both algorithms.
func fuzzIgnore(_ bytes: [UInt8]) {
    let end = bytes.lastIndex(of: 0) ?? bytes.count
    let names = bytes.dropFirst(end + 1).split(separator: UInt8(ascii: "/"))
    guard let file = try? IgnoreFile(parsing: Array(bytes[..<end])) else { return }
    let matcher: PatternMatcher
    do throws(IgnoreFileError) {
        matcher = try file.matcher()
    } catch {
        precondition(error.message.hasPrefix(file.name), "an error names its file")
        return
    }
    for pattern in matcher.patterns { precondition(pattern.textWithoutTrailingGlob.count <= pattern.text.count) }
    guard !names.isEmpty, names.count < 100 else { return }
    let path = Array(names.joined(separator: [UInt8(ascii: "/")]))
    let byScan = try? matcher.matchesOrParentMatches(path)
    let byWalk = try? walk(matcher, names)
    if let byScan, let byWalk, !matcher.hasExceptions {
        precondition(byScan == byWalk, "without exceptions there is no difference")
    }
}

private func walk(_ matcher: PatternMatcher, _ names: [ArraySlice<UInt8>]) throws(IgnoreFileError) -> Bool {
    var parent: PatternMatcher.ParentResults = []
    var results: PatternMatcher.ParentResults = []
    var path: [UInt8] = []
    var isMatched = false
    for name in names {
        if !path.isEmpty { path.append(UInt8(ascii: "/")) }
        path += name
        isMatched = try matcher.matches(path, parent: parent, results: &results)
        swap(&parent, &results)
    }
    return isMatched
}
