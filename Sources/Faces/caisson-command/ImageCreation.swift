import CaissonText
import CaissonSystem
import CaissonBuildModel
import Glibc
import CaissonRegistry

/// What `caisson image create` is asked for, checked before any registry is asked for anything.
struct ImageCreation {
    /// What the image is made of.
    var combination: ImageCombination
    /// The references to give it, by repository in the order of the flags.
    var tagsByRepository: [(Repository, [ImageReference])] = []

    init(_ flags: ImageCommand.Create) throws {
        var tags: [ImageReference] = []
        for text in flags.tags {
            let tag = try ImageReference(parsing: text)
            guard tag.digest == nil else { throw ParseError("tag", text, "a new image can't be given a digest") }
            tags.append(tag)
        }
        var texts: [String] = []
        if flags.append, let first = flags.tags.first { texts.append(first) }
        for file in flags.files { texts.append(try Self.read(file)) }
        texts += flags.sources
        combination = ImageCombination(sources: try Self.sources(texts, tags))
        combination.annotations = try flags.annotations.filter { !$0.isEmpty }.flatMap(ImageAnnotation.list)
        combination.platforms = try flags.platforms.flatMap(Platform.list)
        combination.prefersIndex = flags.preferIndex
        for tag in tags {
            let repository = Repository(tag)
            if let place = tagsByRepository.firstIndex(where: { $0.0 == repository }) {
                tagsByRepository[place].1.append(tag)
            } else {
                tagsByRepository.append((repository, [tag]))
            }
        }
    }

    /// The sources with their references; a digest alone is looked for where everything else is.
    private static func sources(_ texts: [String], _ tags: [ImageReference]) throws -> [ImageSource] {
        var sources: [ImageSource] = []
        for text in texts { sources.append(try ImageSource(parsing: text)) }
        let repositories = Set((tags + sources.compactMap(\.reference)).map { Repository($0) })
        for place in sources.indices where sources[place].reference == nil {
            guard let digest = sources[place].descriptor?.digest else { continue }
            guard let repository = repositories.first, repositories.count == 1 else {
                let problem =
                    repositories.isEmpty
                    ? "nothing says in which repository it is: give a tag or another source with one"
                    : "it can be in any of the repositories named: write it as REPOSITORY@\(digest)"
                throw ParseError("source", texts[place], problem)
            }
            sources[place].reference = repository.reference(digest)
        }
        return sources
    }

    private static func read(_ path: String) throws(BuildError) -> String {
        do {
            return String(decoding: try BoundedFile.read(path), as: UTF8.self)
        } catch {
            throw BuildError(.usage, "the file \(path.quoted) of --file \(error.explanation)")
        }
    }
}
