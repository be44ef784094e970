import CaissonText
import ArgumentParser
import CaissonBuildModel

/// What becomes of a build's result.
struct ResultOptions: ParsableArguments {
    @Option(
        name: [.customShort("t"), .long],
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("A name of the image: [REGISTRY/]REPOSITORY[:TAG]. Repeatable.", valueName: "name")
    )
    var tag: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("A label of the image. Repeatable.", valueName: "key=value")
    )
    var label: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("A note on the image's manifest or index. Repeatable.", valueName: "[type:]key=value")
    )
    var annotation: [String] = []

    @Option(
        name: [.customShort("o"), .long],
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            """
            Where the result goes: type=local|tar|oci|docker|image|registry|cacheonly[,dest=PATH][,KEY=VALUE…], \
            a directory, or - for a tar on standard output. Repeatable.
            """,
            valueName: "output"
        )
    )
    var output: [String] = []

    @Flag(help: "Load the image into the engine's store: --output type=docker.")
    var load = false

    @Flag(help: "Push the image to its registry: --output type=registry.")
    var push = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Write the image's id to this file.", valueName: "file")
    )
    var iidfile: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Write what the build gave back to this file, as JSON.", valueName: "file")
    )
    var metadataFile: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Write a page of HTML about the build and those before it to this file.", valueName: "file")
    )
    var report: String?

    /// Puts the options into a request.
    func apply(to request: inout BuildRequest) throws(BuildError) {
        request.tags = try FlagValue.each("--tag", tag) { (text) throws(ParseError) in try ImageReference(parsing: text)
        }
        let pairs = try FlagValue.each("--label", label) { (text) throws(ParseError) in try KeyValue(parsing: text) }
        request.labels = pairs.labels()
        request.exports = try FlagValue.each("--output", output) { (text) throws(ParseError) in
            try ExportSpec(parsing: text)
        }
        request.addShorthandExports(push: push, load: load)
        try request.annotate(
            FlagValue.each("--annotation", annotation.filter { !$0.isEmpty }) { (text) throws(ParseError) in
                try Annotation(parsing: text)
            }
        )
        try check(request)
    }

    /// How much provenance the metadata get, by buildx's variable (docker/buildx util/confutil/metadata.go).
    func provenanceDetail(_ environment: [String: String]) -> ProvenanceDetail {
        metadataFile == nil ? .none : Self.provenanceDetail(environment)
    }

    /// The same for a command that writes metadata.
    static func provenanceDetail(_ environment: [String: String]) -> ProvenanceDetail {
        switch environment["BUILDX_METADATA_PROVENANCE"] ?? "min" {
        case "max": .max
        case "disabled": .none
        case let word: GoBoolean.parse(word) == false ? .none : .min
        }
    }

    private func check(_ request: BuildRequest) throws(BuildError) {
        guard iidfile != "" else { throw BuildError(.usage, "--iidfile needs the name of a file") }
        guard metadataFile != "" else { throw BuildError(.usage, "--metadata-file needs the name of a file") }
        if let iidfile, iidfile == metadataFile {
            throw BuildError(.usage, "--iidfile and --metadata-file are both \(iidfile.quoted); give each its own file")
        }
        let paths = request.exports.compactMap(\.path)
        for file in [iidfile, metadataFile].compactMap({ $0 }) where paths.contains(file) {
            throw BuildError(
                .usage,
                "\(file.quoted) is both an output and the file of a result; give each its own file"
            )
        }
    }
}
