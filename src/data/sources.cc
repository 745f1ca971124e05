#include "data/sources.h"

#include <algorithm>

#include "data/file_walk.h"
#include "data/glob.h"

namespace batchmill::data {

namespace {

bool is_hidden(std::string_view name) { return name.starts_with('.') || name.starts_with('_'); }

std::string_view last_part(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

// Puts a source's own prefix before the relative paths of its walk.
class PrefixedVisitor {
 public:
  PrefixedVisitor(std::string prefix, std::size_t source, const SourceVisitor& visit)
      : path_(std::move(prefix)), prefix_length_(path_.size()), source_(source), visit_(visit) {}

  Result<void> operator()(std::string_view relative) {
    if (prefix_length_ == 0) return visit_(relative, source_);
    path_.resize(prefix_length_);
    path_.append(relative);
    return visit_(path_, source_);
  }

 private:
  std::string path_;
  std::size_t prefix_length_;
  std::size_t source_;
  const SourceVisitor& visit_;
};

// "" when they are the same, else with a slash at the end.
std::string below(const std::string& root, const std::string& folder) {
  if (folder.size() == root.size()) return "";
  const std::size_t skip = root == "/" ? 1 : root.size() + 1;
  return folder.substr(skip) + "/";
}

Result<void> walk_folder(const BulkFiles& bulk, const Source& source, PrefixedVisitor& visit) {
  const auto visit_file = [&](std::string_view path) -> Result<void> {
    if (path == source.left_out || (source.skip_hidden && is_hidden(last_part(path)))) return {};
    return visit(path);
  };
  FolderFilter enter;
  if (source.skip_hidden) {
    enter = [](std::string_view folder) { return !is_hidden(last_part(folder)); };
  }
  BM_TRY(walk_files(bulk, source.folder, visit_file, enter));
  return {};
}

Result<void> walk_pattern(const BulkFiles& bulk, const Source& source, PrefixedVisitor& visit) {
  const Glob glob(source.rest);
  const auto visit_file = [&](std::string_view path) -> Result<void> {
    if (path == source.left_out || !glob.matches(path)) return {};
    return visit(path);
  };
  BM_TRY(walk_files(bulk, source.folder, visit_file,
                    [&](std::string_view folder) { return glob.may_match_below(folder); }));
  return {};
}

}  // namespace

Source file_source(const std::string& absolute_path) {
  const auto slash = absolute_path.rfind('/');
  Source source;
  source.kind = SourceKind::kFile;
  source.folder = slash == 0 ? "/" : absolute_path.substr(0, slash);
  source.rest = absolute_path.substr(slash + 1);
  return source;
}

Source folder_source(const std::string& absolute_path) {
  Source source;
  source.folder = absolute_path;
  while (source.folder.size() > 1 && source.folder.back() == '/') source.folder.pop_back();
  return source;
}

std::string common_folder(const std::vector<Source>& sources) {
  if (sources.empty()) return "/";
  std::string common = sources.front().folder;
  for (const Source& source : sources) {
    const auto holds = [&] {
      return common == "/" || source.folder == common || source.folder.starts_with(common + "/");
    };
    while (!holds()) {
      const auto slash = common.rfind('/');
      common = slash == 0 || slash == std::string::npos ? "/" : common.substr(0, slash);
    }
  }
  return common;
}

Result<void> visit_sources(const BulkFiles& bulk, const std::vector<Source>& sources,
                           const SourceVisitor& visit) {
  const std::string root = common_folder(sources);
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const Source& source = sources[i];
    PrefixedVisitor prefixed(below(root, source.folder), i, visit);
    switch (source.kind) {
      case SourceKind::kFile:
        BM_TRY(bulk.identity(source.folder + "/" + source.rest));
        BM_TRY(prefixed(source.rest));
        break;
      case SourceKind::kFolder:
        BM_TRY(walk_folder(bulk, source, prefixed));
        break;
      case SourceKind::kPattern:
        BM_TRY(walk_pattern(bulk, source, prefixed));
        break;
    }
  }
  return {};
}

}  // namespace batchmill::data
