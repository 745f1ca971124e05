#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "ports/files.h"

namespace batchmill::runlog {

// A report that may be larger than memory: written beside its place in pieces of a megabyte and
// renamed when it is complete (I-5). Reports can be made again from the ledger, so nothing waits
// for the disk. Dropped without finish(), it leaves no file.
class ReportFile {
 public:
  ReportFile(Files& files, std::string path);
  ~ReportFile();
  ReportFile(const ReportFile&) = delete;
  ReportFile& operator=(const ReportFile&) = delete;

  // Where the next bytes go; call written() after each record.
  std::string& buffer() { return buffer_; }
  Result<void> written();
  Result<void> finish();

 private:
  Result<void> flush();
  Files& files_;
  std::string path_, temporary_;
  std::string buffer_;
  bool begun_ = false;
};

}  // namespace batchmill::runlog
