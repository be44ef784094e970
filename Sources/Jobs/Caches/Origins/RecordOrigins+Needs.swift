package import CaissonBuildModel

extension RecordOrigins {
    /// The records that builds made or found, with all their parents: what these builds would miss.
    ///
    /// It is rather too much than too little: of a step that was cached all records count that have its name and were
    /// there already. What a build's step took that isn't remembered is not known.
    package func needed(by ids: Set<BuildID>) -> Set<String> {
        guard !ids.isEmpty else { return [] }
        var takings: [Int: KeyTakings] = [:]
        for (number, build) in builds.enumerated() where ids.contains(build.id) {
            for (step, key) in stepKeys[number] {
                takings[key, default: KeyTakings()].add(build.steps[step], of: build)
            }
        }
        var found: Set<String> = []
        for (key, taken) in takings {
            var taken = taken
            taken.sort()
            for place in placesOfKey[key] where taken.takes(records[place]) { found.insert(records[place].id) }
        }
        if !isComplete {
            for key in isVague.indices where isVague[key] { found.formUnion(placesOfKey[key].map { records[$0].id }) }
        }
        return records.withParents(of: found)
    }
}

extension [CacheRecord] {
    /// These ids and those of all parents that are there, parents of parents too.
    func withParents(of ids: Set<String>) -> Set<String> {
        guard !ids.isEmpty else { return [] }
        var parents: [String: [String]] = [:]
        for record in self { parents[record.id, default: []] += record.parents }
        var found = ids
        var todo = Array<String>(ids)
        while let id = todo.popLast() {
            for parent in parents[id] ?? [] where found.insert(parent).inserted { todo.append(parent) }
        }
        return found
    }
}
