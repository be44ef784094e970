package import CaissonBuildModel

/// A build that wants a place.
package struct PlaceRequest: Sendable, Hashable {
    /// The build.
    package var id: BuildID
    /// What others call it whose builds wait for it: `app in /srv/project`.
    package var title: String
    /// Its level of urgency; 0 is the most urgent.
    package var priority: Int
    /// What it takes of the machine; the network isn't shared out.
    package var needs: MachineNeeds
    /// Whose it is: among builds that are equally urgent the project goes first of which the fewest run.
    package var project: String?

    /// Makes a request.
    package init(
        id: BuildID,
        title: String,
        priority: Int,
        needs: MachineNeeds = MachineNeeds(),
        project: String? = nil
    ) {
        self.id = id
        self.title = title
        self.priority = priority
        self.needs = needs
        self.project = project
    }
}
