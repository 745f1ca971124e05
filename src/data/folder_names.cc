#include "data/folder_names.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace batchmill::data {

namespace {

// Orders as memcmp does; names hold no zero byte, so padding with zeros puts prefixes first.
std::uint64_t key_of(std::string_view text) {
  std::uint64_t key = 0;
  std::memcpy(&key, text.data(), std::min<std::size_t>(text.size(), sizeof key));
  return std::endian::native == std::endian::little ? __builtin_bswap64(key) : key;
}

}  // namespace

void FolderNames::clear() {
  arena_.clear();
  entries_.clear();
}

void FolderNames::add(const VisitedEntry& entry) {
  Entry added;
  added.offset = arena_.size();
  added.is_folder = entry.kind == FileKind::kFolder;
  added.is_link = entry.is_link;
  arena_.append(entry.name);
  if (added.is_folder) arena_ += '/';
  added.length = static_cast<std::uint16_t>(arena_.size() - added.offset);
  entries_.push_back(added);
}

std::size_t FolderNames::common_prefix() const {
  if (entries_.empty()) return 0;
  const std::string_view first = text_of(entries_.front());
  std::size_t common = first.size();
  for (const Entry& entry : entries_) {
    const std::string_view text = text_of(entry);
    common = std::min(common, text.size());
    if (std::memcmp(first.data(), text.data(), common) == 0) continue;
    common = static_cast<std::size_t>(
        std::mismatch(first.begin(), first.begin() + common, text.begin()).first - first.begin());
  }
  return common;
}

void FolderNames::sort() {
  const std::size_t common = common_prefix();
  for (Entry& entry : entries_) entry.key = key_of(text_of(entry).substr(common));
  std::sort(entries_.begin(), entries_.end(), [&](const Entry& a, const Entry& b) {
    return a.key != b.key ? a.key < b.key : text_of(a).substr(common) < text_of(b).substr(common);
  });
}

FolderNames::Name FolderNames::at(std::size_t index) const {
  const Entry& entry = entries_[index];
  return {text_of(entry), entry.is_folder, entry.is_link};
}

}  // namespace batchmill::data
