import CaissonJSON
import CaissonBuildContext
import CaissonBuildKit
import CaissonBuildModel
import FoundationEssentials

extension SolveRun {
    /// Writes the index of an image layout whose blobs the engine has written: `tar=false`.
    ///
    /// An index names what is there, so it is replaced last, in one step; the images that it named before stay.
    func finishLayout(_ job: SolveJob, _ response: [String: String]) throws {
        guard let layout = job.layout?.layout else { return }
        guard let manifest = layout.lastWritten else {
            throw BuildError(
                .engine,
                "\(features.name) wrote no image into \(layout.path) — it may be too old for tar=false"
            )
        }
        let notes = LayoutExport.annotations(of: manifest.digest, response)
        let names = LayoutExport.names(response, request.tags)
        guard !names.isEmpty else { return try layout.tag(manifest, as: "latest", annotations: notes) }
        for name in names {
            try layout.tag(manifest, as: name.tag ?? "latest", name: name.description, annotations: notes)
        }
    }
}

/// What an engine's answer says of an image that it has written into a layout.
enum LayoutExport {
    /// The names of the image.
    static func names(_ response: [String: String], _ tags: [ImageReference]) -> [ImageReference] {
        guard tags.isEmpty else { return tags }
        return (response["image.name"] ?? "").split(separator: ",").compactMap {
            try? ImageReference(parsing: String($0))
        }
    }

    /// The annotations of the image's descriptor, where the answer is about that image.
    static func annotations(of digest: String, _ response: [String: String]) -> [String: String] {
        guard let text = response["containerimage.descriptor"], let data = Data(base64Encoded: text),
            let value = try? JSON(parsing: Array(data)), value["digest"]?.string == digest
        else { return [:] }
        return value["annotations"]?.texts ?? [:]
    }
}
