import CaissonManuals
import CaissonText
import ArgumentParser
import CaissonBuildModel

/// `caisson image …`: images as they are in registries.
struct ImageCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "image",
        _superCommandName: "caisson",
        abstract: "Shows images in registries and makes new ones of them.",
        discussion: Manual.text(of: "image"),
        subcommands: [Inspect.self, Create.self]
    )

    /// The command `caisson image inspect`.
    struct Inspect: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "inspect",
            abstract: "Shows what a registry has of an image.",
            discussion: Manual.text(of: "image inspect")
        )

        @Argument(help: "The image's reference.")
        var name: String

        @Flag(help: "Print the manifest as it is, byte for byte.")
        var raw = false

        @Option(
            parsing: .unconditional,
            help: ArgumentHelp(
                "How to print: json, or a Go template over .Name, .Manifest, .Image, .Provenance and .SBOM.",
                valueName: "format"
            )
        )
        var format = ""

        @OptionGroup var registry: RegistryFlags

        func validate() throws {
            if raw, !format.isEmpty { throw ValidationError("--format and --raw can't be used together") }
        }
    }

    /// The command `caisson image create`.
    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "create",
            abstract: "Makes an image of others, without fetching their layers.",
            discussion: Manual.text(of: "image create")
        )

        @Argument(help: "What to make it of.")
        var sources: [String] = []

        @Option(
            name: [.customShort("t", allowingJoined: true), .customLong("tag")],
            parsing: .unconditionalSingleValue,
            help: ArgumentHelp("A reference for the new image.", valueName: "reference")
        )
        var tags: [String] = []

        @Option(
            name: [.customShort("f", allowingJoined: true), .customLong("file")],
            parsing: .unconditionalSingleValue,
            help: ArgumentHelp("A file with a source.", valueName: "file")
        )
        var files: [String] = []

        @Option(
            name: .customLong("annotation"),
            parsing: .unconditionalSingleValue,
            help: ArgumentHelp(
                "Something to be said of it: of the index, or of the manifests with 'manifest-descriptor[PLATFORM]:'.",
                valueName: "[type:]key=value"
            )
        )
        var annotations: [String] = []

        @Option(
            name: [.customShort("p", allowingJoined: true), .customLong("platform")],
            parsing: .unconditionalSingleValue,
            help: ArgumentHelp("The platforms to take.", valueName: "platforms")
        )
        var platforms: [String] = []

        @Flag(help: "Add to the image that the first tag names.")
        var append = false

        @Flag(help: "Print the new image's manifest instead of pushing it.")
        var dryRun = false

        @Flag(inversion: .prefixedNo, help: "Put a single manifest into an index.")
        var preferIndex = true

        @Option(
            name: .customLong("metadata-file"),
            parsing: .unconditional,
            help: ArgumentHelp("Where to write what was made.", valueName: "file")
        )
        var metadataFile: String?

        @Option(
            parsing: .unconditional,
            help: ArgumentHelp("What to show: auto, none, plain, quiet, rawjson or tty.", valueName: "mode")
        )
        var progress = "auto"

        @OptionGroup var registry: RegistryFlags

        func validate() throws {
            guard ["auto", "none", "plain", "quiet", "rawjson", "tty"].contains(progress) else {
                throw ValidationError("--progress takes auto, none, plain, quiet, rawjson or tty, not '\(progress)'")
            }
            if sources.isEmpty, files.isEmpty {
                throw ValidationError("there is no source: name an image to make it of")
            }
            if tags.isEmpty, !dryRun {
                throw ValidationError("the new image has no name: give it one with --tag, or look at it with --dry-run")
            }
            if append, tags.isEmpty { throw ValidationError("--append adds to the image of the first --tag: give one") }
        }
    }

    /// The switches that docker's flags write as `--name=false`, by their forms here.
    private static let switches = [
        "--raw": nil, "--append": nil, "--dry-run": nil, "--prefer-index": "--no-prefer-index",
    ]

    /// The words in the one spelling that ArgumentParser reads: `--prefer-index=false` is `--no-prefer-index`.
    static func normalised(_ words: [String]) throws(BuildError) -> [String] {
        var done: [String] = []
        for (place, word) in words.enumerated() {
            if word == "--" { return done + words[place...] }
            guard let (name, value) = word.cut(at: "="), let off = switches[name] else {
                done.append(word)
                continue
            }
            guard let isOn = GoBoolean.parse(value) else {
                throw BuildError(.usage, "\(word) is neither on nor off; use \(name) or \(name)=false")
            }
            if let chosen = isOn ? name : off { done.append(chosen) }
        }
        return done
    }
}
