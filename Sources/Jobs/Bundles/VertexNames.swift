import CaissonBuildModel

/// The digests by which the steps of a build are named in its log.
///
/// They are those of the steps; a step without one, or with one that another has, gets one made of its number, so that
/// what it printed stays its own.
struct VertexNames {
    /// The digests by the numbers of the steps.
    private(set) var digests: [Int: String] = [:]
    /// The numbers of the steps by the digests.
    private(set) var numbers: [String: Int] = [:]

    /// Names the steps.
    init(_ steps: [StepRecord]) {
        for step in steps where digests[step.number] == nil {
            let isFree = !step.digest.isEmpty && numbers[step.digest] == nil
            let digest = isFree ? step.digest : ContentDigest(of: Array("step \(step.number)".utf8)).description
            digests[step.number] = digest
            numbers[digest] = step.number
        }
    }
}
