import CaissonText

/// What the name of a step tells of its place, such as `[linux/arm64 base 2/5] RUN make`.
struct StepTitle {
    /// The stage; nil where the name has none.
    private(set) var stage: String?
    /// The platform, as BuildKit writes it where a build has several.
    private(set) var platform: String?
    /// Whether it is work of the engine's own, such as loading a context.
    private(set) var isInternal = false

    /// Reads a name, which may be anything.
    init(_ name: String) {
        guard name.utf8.first == UInt8(ascii: "["), let (head, _) = name.cut(at: "]"), head.utf8.count <= 256 else {
            return
        }
        let words = String(head.dropFirst()).pieces(at: " ").filter { !$0.isEmpty }
        isInternal = words == ["internal"]
        guard words.count >= 2, let place = words.last, let (step, steps) = place.cut(at: "/"),
            Int(step) != nil, Int(steps) != nil
        else { return }
        stage = words[words.count - 2]
        if words.count > 2 { platform = words.first }
    }
}
