import CaissonSystem
import Glibc

extension Errno {
    static let noSpace = Errno(ENOSPC)
    static let noShare = Errno(EDQUOT)
    static let exists = Errno(EEXIST)
}
