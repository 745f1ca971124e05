#include "data/file_walk.h"

#include <memory>
#include <optional>
#include <vector>

#include "data/folder_names.h"

namespace batchmill::data {

namespace {

// A folder that is being walked.
struct Frame {
  FolderNames names;
  std::size_t next = 0;
  std::size_t path_length = 0;           // of the folder's relative path with its slash
  std::optional<FileIdentity> identity;  // asked for only where a link could lead back here
  bool below_link = false;
};

class OrderedWalk {
 public:
  OrderedWalk(const BulkFiles& bulk, const std::string& root, const FileVisitor& visit,
              const FolderFilter& enter)
      : bulk_(bulk), root_(root), visit_(visit), enter_(enter) {}

  Result<WalkSummary> run() {
    BM_TRY(open_folder(false));
    while (depth_ > 0) {
      Frame& frame = *frames_[depth_ - 1];
      path_.resize(frame.path_length);
      if (frame.next == frame.names.size()) {
        --depth_;
        continue;
      }
      const FolderNames::Name name = frame.names.at(frame.next++);
      path_.append(name.text);
      if (name.is_folder) {
        BM_TRY(consider_folder(name.is_link || frame.below_link));
      } else {
        ++summary_.files;
        BM_TRY(visit_(path_));
      }
    }
    return std::move(summary_);
  }

 private:
  std::string full_path() const {
    return path_.empty() ? root_ : root_ + "/" + path_.substr(0, path_.size() - 1);
  }

  // path_ ends with the folder's name and a slash.
  Result<void> consider_folder(bool below_link) {
    const std::string_view folder(path_.data(), path_.size() - 1);
    if (enter_ && !enter_(folder)) return {};
    if (below_link) {
      BM_ASSIGN(const bool cycle, leads_back());
      if (cycle) {
        if (summary_.cycles++ == 0) summary_.first_cycle = folder;
        return {};
      }
    }
    return open_folder(below_link);
  }

  // Only below a followed link can a folder be one of those above it.
  Result<bool> leads_back() {
    BM_ASSIGN(const FileIdentity identity, bulk_.identity(full_path()));
    for (std::size_t i = 0; i < depth_; ++i) {
      Frame& above = *frames_[i];
      if (!above.identity) {
        const std::string path =
            i == 0 ? root_ : root_ + "/" + path_.substr(0, above.path_length - 1);
        BM_ASSIGN(above.identity, bulk_.identity(path));
      }
      if (*above.identity == identity) return true;
    }
    return false;
  }

  Result<void> open_folder(bool below_link) {
    // Frames are kept with their memory: a tree has many folders at one depth.
    if (depth_ == frames_.size()) frames_.push_back(std::make_unique<Frame>());
    Frame& frame = *frames_[depth_];
    frame.names.clear();
    frame.next = 0;
    frame.path_length = path_.size();
    frame.identity.reset();
    frame.below_link = below_link;
    BM_TRY(bulk_.visit_folder(full_path(), [&](const VisitedEntry& entry) {
      if (entry.kind == FileKind::kOther) {
        ++summary_.specials;
      } else {
        frame.names.add(entry);
      }
    }));
    frame.names.sort();
    ++depth_;
    ++summary_.folders;
    return {};
  }

  const BulkFiles& bulk_;
  const std::string& root_;
  const FileVisitor& visit_;
  const FolderFilter& enter_;
  std::string path_;  // relative path of what is being looked at
  std::vector<std::unique_ptr<Frame>> frames_;
  std::size_t depth_ = 0;
  WalkSummary summary_;
};

}  // namespace

Result<WalkSummary> walk_files(const BulkFiles& bulk, const std::string& root,
                               const FileVisitor& visit, const FolderFilter& enter) {
  return OrderedWalk(bulk, root, visit, enter).run();
}

}  // namespace batchmill::data
