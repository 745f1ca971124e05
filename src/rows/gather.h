#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "ports/bulk_files.h"
#include "rows/extent_index.h"
#include "rows/spool_set.h"

namespace batchmill::rows {

// Appends extents to a file, each by the cheaper way: short ones are gathered from mapped spools
// into large writes, longer ones and neighbours that make a long run are copied in the kernel.
//
// Every extent must lie within its spool, and the bytes of short ones must have the checksum that
// was committed; else kProtocol with the spool's path. The bytes of long ones are not read here.
class Gatherer {
 public:
  static constexpr std::uint64_t kShort = 4096;  // below: copying costs less than a call
  static constexpr std::uint64_t kWriteBytes = std::uint64_t{1} << 20;
  static constexpr std::uint64_t kLongestRun = std::uint64_t{64} << 20;  // keeps progress moving

  Gatherer(SpoolSet& spools, WritableFile& target) : spools_(spools), target_(target) {}

  Result<void> add(const CommittedExtent& extent);
  // Bytes in no spool, such as the header line.
  Result<void> add_text(std::string_view bytes);
  Result<void> finish();

 private:
  struct Run {
    SpoolId spool;
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
    std::uint64_t end() const { return offset + length; }
  };
  Result<void> check(const CommittedExtent& extent);
  Result<void> end_run();
  Result<void> write_buffer();

  SpoolSet& spools_;
  WritableFile& target_;
  Run run_;
  std::string buffer_;
};

}  // namespace batchmill::rows
