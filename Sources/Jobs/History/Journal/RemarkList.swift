import CaissonBuildModel

/// What people were told of a build: all of it, or the first and the last of very much.
struct RemarkList: Sendable {
    /// How many of the first, and of the last, are kept.
    static let part = 5000

    private var first: [BuildRemark] = []
    /// The last ones in a ring, and where the oldest of them is.
    private var last: [BuildRemark] = []
    private var oldest = 0
    private var leftOut = 0

    /// Takes the next one.
    mutating func append(_ remark: BuildRemark) {
        if first.count < Self.part {
            first.append(remark)
        } else if last.count < Self.part {
            last.append(remark)
        } else {
            last[oldest] = remark
            oldest = (oldest + 1) % Self.part
            leftOut += 1
        }
    }

    /// All that are kept, with one in place of those that aren't.
    var all: [BuildRemark] {
        let end = Array(last[oldest...]) + Array(last[..<oldest])
        guard leftOut > 0, let next = end.first else { return first + end }
        return first + [BuildRemark(next.time, "\(leftOut) remarks are left out here")] + end
    }
}
