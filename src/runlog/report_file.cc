#include "runlog/report_file.h"

namespace batchmill::runlog {

namespace {

constexpr std::size_t kPiece = std::size_t{1} << 20;

}  // namespace

ReportFile::ReportFile(Files& files, std::string path)
    : files_(files), path_(std::move(path)), temporary_(path_ + ".tmp") {}

ReportFile::~ReportFile() {
  if (begun_) static_cast<void>(files_.remove(temporary_));
}

Result<void> ReportFile::written() {
  if (buffer_.size() < kPiece) return {};
  return flush();
}

Result<void> ReportFile::flush() {
  if (!begun_) {
    BM_TRY(files_.remove(temporary_));  // of a leader that died while it wrote
    begun_ = true;
  }
  BM_TRY(files_.append(temporary_, buffer_));
  buffer_.clear();
  return {};
}

Result<void> ReportFile::finish() {
  BM_TRY(flush());
  BM_TRY(files_.rename(temporary_, path_));
  begun_ = false;
  return {};
}

}  // namespace batchmill::runlog
