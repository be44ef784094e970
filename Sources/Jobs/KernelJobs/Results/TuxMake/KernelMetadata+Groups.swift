import CaissonJSON
import CaissonText

extension KernelMetadata {
    /// The groups that come of what the scripts wrote; nil for those of which nothing is known.
    struct Groups {
        let facts: KernelFacts
        let settings: KernelBuildSettings

        var compiler: JSON? {
            KernelMetadata.group([
                "name": .string(facts[.compilerName] ?? settings.compiler),
                "version": text(.compilerVersion), "version_full": text(.compiler),
            ])
        }

        var source: JSON? {
            KernelMetadata.group(["kernelrelease": text(.kernelRelease), "kernelversion": text(.kernelVersion)])
        }

        var git: JSON? {
            KernelMetadata.group([
                "git_branch": text(.gitBranch), "git_commit": text(.gitCommit), "git_describe": text(.gitDescribe),
                "git_url": text(.gitURL),
            ])
        }

        /// The free space is always there with TuxMake.
        var hardware: JSON? {
            KernelMetadata.group([
                "cores": number(.cores), "free_disk_space": number(.freeDiskSpace) ?? KernelMetadata.number(0),
                "ram": number(.memory),
            ])
        }

        var system: JSON? {
            let system = facts.variables(.osRelease)
            let versions = [system["VERSION_ID"], system["BUILD_ID"], facts[.debianVersion]]
            return KernelMetadata.group([
                "name": system["NAME"].flatMap(known), "version": versions.lazy.compactMap { $0.flatMap(known) }.first,
            ])
        }

        var uname: JSON? {
            guard let words = facts.uname else { return nil }
            let names = ["kernel", "kernel_release", "kernel_version", "machine", "operating_system"]
            return KernelMetadata.group(Dictionary(uniqueKeysWithValues: zip(names, words.map(known))))
        }

        var tools: JSON? {
            let versions = KernelFact.tools.map { ($0, facts.version(ofTool: $0).flatMap(known)) }
            return KernelMetadata.group(Dictionary(versions) { _, last in last })
        }

        var ccache: JSON? {
            guard settings.wrapper == "ccache" else { return nil }
            return KernelMetadata.group([
                "cache_hits": facts.counter("direct_cache_hit").map(KernelMetadata.number),
                "cache_misses": facts.counter("cache_miss").map(KernelMetadata.number),
            ])
        }

        var sccache: JSON? {
            guard settings.wrapper == "sccache", let text = facts[.sccache],
                let stats = (try? JSON(parsing: Array(text.utf8)))?["stats"]
            else { return nil }
            return KernelMetadata.group([
                "cache_hits": sum(stats["cache_hits"]), "cache_misses": sum(stats["cache_misses"]),
            ])
        }

        /// The counts of all languages together.
        private func sum(_ counter: JSON?) -> JSON? {
            guard let counts = counter?["counts"]?.members else { return nil }
            return .number(String(counts.compactMap(\.value.integer).clampedSum))
        }

        private func text(_ fact: KernelFact) -> JSON? { facts[fact].map { .string($0) } }

        private func number(_ fact: KernelFact) -> JSON? { facts.number(fact).map(KernelMetadata.number) }

        private func known(_ text: String) -> JSON? { text.trimmed.isEmpty ? nil : .string(text.trimmed) }
    }
}
