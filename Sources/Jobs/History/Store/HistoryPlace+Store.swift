import CaissonBuildModel

extension HistoryPlace {
    /// Held by whoever takes ended journals into the database.
    var lock: String { directory + "/lock" }
    /// The directory of journals that can't be read.
    var damaged: String { directory + "/damaged" }
    /// Written to whenever what is too old or too much was forgotten.
    var cleaned: String { directory + "/cleaned" }
    /// Written to whenever logs were looked for that no build has.
    var sweep: String { directory + "/sweep" }
    /// What the steps of an ended build printed.
    func log(of id: BuildID) -> String { "\(logs)/\(id).zst" }
}
