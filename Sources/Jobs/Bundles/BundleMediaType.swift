/// The media types and keys of bundles (docker/buildx util/desktop/bundle/export.go, moby/buildkit solver/llbsolver).
package enum BundleMediaType {
    /// The record of a build: the config of a manifest; JSON as Go writes `controlapi.BuildHistoryRecord`.
    package static let record = "application/vnd.buildkit.historyrecord.v0"
    /// What the steps told: messages `StatusResponse`, each after its length in four bytes, the lowest first.
    package static let status = "application/vnd.buildkit.status.v0"
    /// The spans of a build, an object of JSON each, as the OpenTelemetry library of Go prints them.
    package static let trace = "application/vnd.buildkit.otlp.json.v0"
    /// Why a build failed, as a message `google.rpc.Status`; BuildKit spells it so.
    package static let failure = "application/vnd.googeapis.google.rpc.status+proto"
    /// An attestation.
    package static let attestation = "application/vnd.in-toto+json"
    /// A dossier of Caisson's own.
    package static let dossier = "application/vnd.caisson.build.v1+json"
    /// Another object, whose own type stands in an annotation.
    package static let other = "application/json"
    /// A manifest.
    package static let manifest = "application/vnd.oci.image.manifest.v1+json"
    /// A list of manifests.
    package static let index = "application/vnd.oci.image.index.v1+json"

    /// The annotation of a manifest in a list that names the build.
    package static let reference = "vnd.buildkit.history.reference"
    /// The annotation that tells the type of what stands there as plain JSON.
    package static let originalType = "vnd.export-build.descriptor.mediatype"
    /// The annotation of an attestation that tells what it is about.
    package static let predicate = "in-toto.io/predicate-type"

    /// Whether a layer of that type is kept with a build that is read.
    static func isKept(_ type: String) -> Bool {
        [status, trace, failure, attestation, dossier, other].contains(type)
    }
}
