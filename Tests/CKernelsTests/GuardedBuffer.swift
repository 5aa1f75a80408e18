import Foundation

/// Memory whose last element ends where an unreadable page begins: touching what lies behind it ends the process.
/// The memory lives as long as the object, so a call that takes only `base` stands in `withExtendedLifetime`.
final class GuardedBuffer<Element: BitwiseCopyable> {
  let base: UnsafeMutablePointer<Element>
  let count: Int
  private let mapping: UnsafeMutableRawPointer
  private let mappedBytes: Int

  init(_ elements: [Element]) {
    let page = sysconf(Int32(_SC_PAGESIZE))
    let bytes = elements.count * MemoryLayout<Element>.stride
    let readable = (bytes + page - 1) / page * page
    mappedBytes = readable + page
    let address = mmap(nil, mappedBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0)
    guard let address, address != MAP_FAILED, mprotect(address + readable, page, PROT_NONE) == 0 else {
      fatalError("\(mappedBytes) bytes of guarded memory were refused")
    }
    mapping = address
    count = elements.count
    base = (address + (readable - bytes)).bindMemory(to: Element.self, capacity: max(elements.count, 1))
    base.initialize(from: elements, count: elements.count)
  }

  deinit { munmap(mapping, mappedBytes) }

  var elements: [Element] { Array(UnsafeBufferPointer(start: base, count: count)) }
}
