import CaissonSystem
import CaissonText
import Glibc

/// The time since this machine was started, the same for all its processes and untouched when somebody sets the clock.
enum BootClock {
    /// The nanoseconds since then, time asleep included.
    static var now: Int64 {
        var time = timespec()
        guard clock_gettime(CLOCK_BOOTTIME, &time) == 0 else { return 0 }
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// What names this start of the machine; empty where the kernel doesn't say.
    static let boot: String = {
        let content = (try? BoundedFile.read("/proc/sys/kernel/random/boot_id", limit: 64)) ?? []
        return String(decoding: content.prefix { $0.isHexDigit || $0 == UInt8(ascii: "-") }, as: UTF8.self)
    }()
}

extension Duration {
    /// The nanoseconds, clamped to what a number of 64 bits holds.
    var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, isOver) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !isOver else { return seconds < 0 ? .min : .max }
        return product.clampedAdding(attoseconds / 1_000_000_000)
    }
}
