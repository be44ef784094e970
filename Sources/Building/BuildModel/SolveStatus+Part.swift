extension SolveStatus {
    /// The status of one of several builds that are shown as one: its steps have a name before theirs, and keys of their own.
    ///
    /// - Parameters:
    ///   - place: The build's place among them, which keeps the keys apart: two builds may have steps of the same digest.
    ///   - name: Makes a step's name.
    package func part(_ place: Int, name: (String) -> String) -> SolveStatus {
        func key(_ digest: String) -> String { digest.isEmpty ? "" : "\(place)/\(digest)" }
        var status = self
        for index in status.vertexes.indices {
            status.vertexes[index].digest = key(status.vertexes[index].digest)
            status.vertexes[index].inputs = status.vertexes[index].inputs.map(key)
            status.vertexes[index].name = name(status.vertexes[index].name)
            if let group = status.vertexes[index].group {
                status.vertexes[index].group?.id = key(group.id)
                status.vertexes[index].group?.name = name(group.name)
            }
        }
        for index in status.statuses.indices { status.statuses[index].vertex = key(status.statuses[index].vertex) }
        for index in status.logs.indices { status.logs[index].vertex = key(status.logs[index].vertex) }
        for index in status.warnings.indices { status.warnings[index].vertex = key(status.warnings[index].vertex) }
        return status
    }
}
