import CaissonBuildModel

extension PlainRenderer {
    /// Prints those of the changed steps whose turn it is.
    mutating func showWhatChanged(into out: inout String) {
        let visible = turns.pending.filter { !model.steps[$0].isHidden }
        let ended = visible.filter { model.steps[$0].isCompleted }
        let running = visible.subtracting(ended)
        let before = shown
        showEnded(ended, into: &out)
        guard !running.isEmpty else {
            showAnyRunning(insteadOf: before, into: &out)
            return
        }
        if let before, running.contains(before) { show(before, into: &out) }
        let hasEnded = before.map { ended.contains($0) } ?? true
        let candidates = hasEnded ? running : running.filter { $0 != before }
        guard !candidates.isEmpty else { return }
        if let next = turns.next(among: candidates, shown: hasEnded ? nil : before, hasEnded: hasEnded) {
            show(next, into: &out)
        }
    }

    /// Prints at once what has ended: the shown step first, the others in the order in which they ended.
    private mutating func showEnded(_ ended: Set<Int>, into out: inout String) {
        if let shown, ended.contains(shown) { show(shown, into: &out) }
        let others = ended.intersection(turns.pending).sorted { a, b in
            let (x, y) = (model.steps[a].intervals.last?.stop, model.steps[b].intervals.last?.stop)
            guard let x, let y, x != y else { return a < b }
            return x < y
        }
        for index in others { show(index, into: &out) }
    }

    private mutating func showAnyRunning(insteadOf before: Int?, into out: inout String) {
        if let before, model.steps[before].phase == .running { return }
        let open = model.startOrder.first { model.steps[$0].phase == .running && !model.steps[$0].isHidden }
        if let open, open != shown { show(open, into: &out) }
    }
}
