#include "workspace/follow_file.h"

namespace batchmill::workspace {

namespace {

constexpr std::uint64_t kPart = std::uint64_t{1} << 20;
// A line longer than this is shown in pieces, so that memory stays bounded.
constexpr std::size_t kLongestLine = std::size_t{1} << 16;

}  // namespace

// True if there may be more.
bool FileFollower::read_part(const Files& files) {
  const auto status = files.status(path_);
  if (!status || status->kind != FileKind::kFile) return false;
  if (status->size < offset_) {
    offset_ = 0;
    pending_.clear();
  }
  if (status->size == offset_) return false;
  const auto part = files.read_range(path_, offset_, kPart);
  if (!part || part->empty()) return false;
  offset_ += part->size();
  pending_ += *part;
  return part->size() == kPart;
}

std::vector<std::string> FileFollower::new_lines(const Files& files, bool to_the_end) {
  std::vector<std::string> lines;
  bool more = true;
  while (more) {
    more = read_part(files) && to_the_end;
    std::size_t begin = 0;
    for (std::size_t end = pending_.find('\n'); end != std::string::npos;
         end = pending_.find('\n', begin)) {
      lines.push_back(pending_.substr(begin, end - begin));
      if (lines.back().ends_with('\r')) lines.back().pop_back();
      begin = end + 1;
    }
    pending_.erase(0, begin);
    while (pending_.size() >= kLongestLine) {
      lines.push_back(pending_.substr(0, kLongestLine));
      pending_.erase(0, kLongestLine);
    }
  }
  if (to_the_end && !pending_.empty()) {
    lines.push_back(std::move(pending_));
    pending_.clear();
  }
  return lines;
}

void FileFollower::skip_to_end(const Files& files) {
  const auto status = files.status(path_);
  if (status) offset_ = status->size;
  pending_.clear();
}

}  // namespace batchmill::workspace
