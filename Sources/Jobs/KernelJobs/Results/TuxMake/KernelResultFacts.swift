/// All that TuxMake's metadata of a build is made of.
package struct KernelResultFacts: Sendable, Hashable {
    /// What the build was asked for.
    package var settings: KernelBuildSettings
    /// What the scripts wrote.
    package var facts: KernelFacts
    /// The engine and the image; nil for a build on the machine itself.
    package var runtime: KernelRuntime?
    /// How the job's steps ended, those included that are no targets.
    package var steps: [KernelStepResult] = []
    /// Whether the kernel is one that runs where it is stored.
    package var isInPlace = false
    /// The names of the files in the folder of results.
    package var files: Set<String> = []
    /// The names that those files have.
    package var names: TuxMakeNames
    /// The errors and warnings in the log.
    package var counts = KernelLogCounts()
    /// How long the parts of the job took.
    package var times = KernelTimes()
    /// What is in archives, folders left out, by the targets that they are of: `modules`, `dtbs`, `kselftest`, `cpupower`
    /// and `perf`.
    package var members: [String: [String]] = [:]
    /// The sizes of `vmlinux`.
    package var sizes: KernelSizes?
    /// Where the kernel begins, of `System.map`.
    package var textOffset: String?

    /// Makes the facts of a build of which only these are known yet.
    package init(_ settings: KernelBuildSettings, _ facts: KernelFacts) {
        self.settings = settings
        self.facts = facts
        names = TuxMakeNames(settings.architecture)
    }
}

/// The engine that ran a build, and the image that it ran in.
package struct KernelRuntime: Sendable, Hashable {
    /// What the engine says of its version.
    package var version: String
    /// The image.
    package var imageName: String
    /// The image by its digest, such as `debian@sha256:…`.
    package var imageDigest: String?
    /// A name of the image with another tag than `latest`.
    package var imageTag: String?

    /// Makes a runtime.
    package init(version: String, imageName: String, imageDigest: String? = nil, imageTag: String? = nil) {
        self.version = version
        self.imageName = imageName
        self.imageDigest = imageDigest
        self.imageTag = imageTag
    }
}

/// How long the parts of a build took, in seconds.
package struct KernelTimes: Sendable, Hashable {
    /// To look at what was asked for.
    package var validate = 0.0
    /// To get the environment and the source ready.
    package var prepare = 0.0
    /// To build all targets.
    package var build = 0.0
    /// To bring the results.
    package var copy = 0.0
    /// To gather the facts.
    package var metadata = 0.0
    /// To clean up.
    package var cleanup = 0.0

    /// Makes times of nothing.
    package init() {}
}
