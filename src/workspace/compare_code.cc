#include "workspace/compare_code.h"

#include <map>

#include "base/text.h"

namespace batchmill::workspace {

namespace {

constexpr std::size_t kMostNamed = 10;

using Tree = std::map<std::string, FileStatus>;  // by path relative to the folder

Result<void> add_tree(const std::string& root, const std::string& below, const Files& files,
                      Tree& tree) {
  BM_ASSIGN(const auto entries, files.list(below.empty() ? root : root + "/" + below));
  for (const FolderEntry& entry : entries) {
    const std::string path = below.empty() ? entry.name : below + "/" + entry.name;
    if (entry.kind == FileKind::kFolder) {
      BM_TRY(add_tree(root, path, files, tree));
    } else {
      BM_ASSIGN(tree[path], files.status(root + "/" + path));
    }
  }
  return {};
}

Result<Tree> tree_of(const std::string& folder, const Files& files) {
  Tree tree;
  if (!folder.empty()) BM_TRY(add_tree(folder, "", files, tree));
  return tree;
}

Result<bool> is_same(const std::string& before, const FileStatus& status_before,
                     const std::string& now, const FileStatus& status_now, const Files& files) {
  if (status_before.size != status_now.size || status_before.executable != status_now.executable) {
    return false;
  }
  constexpr std::uint64_t kPart = std::uint64_t{1} << 20;
  for (std::uint64_t at = 0; at < status_now.size; at += kPart) {
    BM_ASSIGN(const std::string left, files.read_range(before, at, kPart));
    BM_ASSIGN(const std::string right, files.read_range(now, at, kPart));
    if (left != right) return false;
  }
  return true;
}

void add_line(const char* label, const std::vector<std::string>& paths,
              std::vector<std::string>& lines) {
  if (paths.empty()) return;
  const std::size_t named = std::min(paths.size(), kMostNamed);
  std::vector<std::string> shown;
  for (std::size_t i = 0; i < named; ++i) shown.push_back(printable(paths[i]));
  std::string line = label + join(shown, ", ");
  if (named < paths.size()) line += " and " + std::to_string(paths.size() - named) + " more";
  lines.push_back(std::move(line));
}

}  // namespace

Result<CodeChanges> compare_code(const std::string& before, const std::string& now,
                                 const Files& files) {
  CodeChanges changes;
  if (before == now) return changes;
  BM_ASSIGN(const Tree old_tree, tree_of(before, files));
  BM_ASSIGN(const Tree new_tree, tree_of(now, files));
  for (const auto& [path, status] : old_tree) {
    const auto found = new_tree.find(path);
    if (found == new_tree.end()) {
      changes.removed.push_back(path);
      continue;
    }
    BM_ASSIGN(const bool same,
              is_same(before + "/" + path, status, now + "/" + path, found->second, files));
    if (!same) changes.changed.push_back(path);
  }
  for (const auto& [path, status] : new_tree) {
    if (!old_tree.contains(path)) changes.added.push_back(path);
  }
  return changes;
}

std::vector<std::string> lines_of(const CodeChanges& changes) {
  std::vector<std::string> lines;
  add_line("changed: ", changes.changed, lines);
  add_line("new:     ", changes.added, lines);
  add_line("gone:    ", changes.removed, lines);
  return lines;
}

}  // namespace batchmill::workspace
