import CaissonEngineStores
import Synchronization

/// The images of a stub engine, which it lists, tells and removes as the real ones were seen to.
final class StubStore: Sendable {
    struct Image: Sendable {
        var id: String
        var parent = ""
        var name: String?
        var size: Int
        var layers: [String]
        var command = "/bin/sh -c make"
        var container = false
        /// The image's former name, as podman remembers it.
        var former = "docker.io/library/x-tmp:latest"
        var created = 1000
    }

    private let images: Mutex<[Image]>
    private let isPodman: Bool
    /// The ids that get a name once they were listed.
    let named: Set<String>

    init(_ kind: EngineStore.Kind, _ images: [Image], named: Set<String> = []) {
        self.images = Mutex(images)
        isPodman = kind == .podman
        self.named = named
    }

    var left: [String] { images.withLock { $0.map(\.id) } }

    func answer(_ request: String) -> StubEngine.Answer {
        images.withLock { images in
            if request.contains("/containers/json") {
                let used = images.filter(\.container).map { #"{"ImageID":"\#(wire($0.id))"}"# }
                return (200, "[\(used.joined(separator: ","))]")
            }
            if request.contains("/images/json") { return (200, "[\(images.map(listed).joined(separator: ","))]") }
            guard let place = images.firstIndex(where: { request.contains(full($0.id)) }) else { return (404, "{}") }
            guard request.hasPrefix("DELETE") else { return (200, inspected(images[place])) }
            let image = images[place]
            guard !image.container, !images.contains(where: { $0.parent == image.id }) else {
                return isPodman ? (200, #"{"ExitCode":2,"Errors":["in use"]}"#) : (409, #"{"message":"conflict"}"#)
            }
            images.remove(at: place)
            let id = wire(image.id)
            return (200, isPodman ? #"{"Deleted":["\#(id)"],"Errors":null}"# : #"[{"Deleted":"\#(id)"}]"#)
        }
    }

    private func wire(_ id: String) -> String { (isPodman ? "" : "sha256:") + full(id) }

    private func names(_ image: Image) -> String {
        image.name.map { #"["\#($0)"]"# } ?? (isPodman ? "null" : #"["<none>:<none>"]"#)
    }

    private func listed(_ image: Image) -> String {
        let parent = image.parent.isEmpty ? "" : wire(image.parent)
        let history = isPodman ? #","History":["\#(image.name ?? image.former)"]"# : ""
        return #"{"Id":"\#(wire(image.id))","ParentId":"\#(parent)","RepoTags":\#(names(image)),"Size":\#(image.size),"#
            + #""Created":\#(image.created)\#(history)}"#
    }

    private func inspected(_ image: Image) -> String {
        var image = image
        // The engine is asked for an image twice: when it is listed, and before it goes.
        if named.contains(image.id), asked.withLock({ $0.updateValue(true, forKey: image.id) }) != nil {
            image.name = "late:latest"
        }
        let tagged = image.former.hasSuffix("-tmp:latest") ? "0001-01-01" : "2026-01-01"
        let layers = image.layers.map { #""\#($0)""# }.joined(separator: ",")
        let command =
            isPodman
            ? #""History":[{"created_by":"first"},{"created_by":"\#(image.command)"}]"#
            : #""ContainerConfig":{"Cmd":["/bin/sh","-c","\#(image.command.replacing("/bin/sh -c ", with: ""))"]},"#
                + #""Metadata":{"LastTagTime":"\#(tagged)"}"#
        return #"{"RepoTags":\#(names(image)),"RootFS":{"Layers":[\#(layers)]},\#(command)}"#
    }

    private let asked = Mutex<[String: Bool]>([:])
}

/// An id of 64 digits from a short one.
func full(_ id: String) -> String { id + String(repeating: "0", count: 64 - id.utf8.count) }
