package import CaissonText

/// Something that is wrong with a kernel job.
package struct KernelJobProblem: Sendable, Hashable {
    /// A short name of the kind, such as `commit.length`.
    package var code: String
    /// Where it is in the file; nil of a flag, and where it is the whole file.
    package var place: TextPlace?
    /// What is wrong, and what to do; no secret is in it.
    package var message: String

    /// Makes a problem.
    package init(_ code: String, at place: TextPlace?, _ message: String) {
        (self.code, self.place, self.message) = (code, place, message)
    }
}

/// All that is wrong with a kernel job.
package struct KernelJobError: Error, Sendable, Hashable {
    /// The file, as its user named it; nil of flags.
    package var file: String?
    /// The problems, in the order of the file; never empty.
    package var problems: [KernelJobProblem]

    /// A line for each problem.
    package var lines: [String] {
        problems.map { problem in
            let place = [file, problem.place.map(\.description)].compactMap(\.self).joined(separator: ":")
            return (place.isEmpty ? "" : place + ": ") + problem.message + " [\(problem.code)]"
        }
    }
}

extension KernelJobError: CustomStringConvertible {
    /// A line for each problem.
    package var description: String { lines.joined(separator: "\n") }
}
