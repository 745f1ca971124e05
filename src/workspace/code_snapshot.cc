#include "workspace/code_snapshot.h"

#include <algorithm>
#include <set>

#include "base/hash.h"
#include "base/text.h"
#include "workspace/ignore_rules.h"
#include "workspace/paths.h"

namespace batchmill::workspace {

namespace {

constexpr int kDeepest = 100;  // deeper than any code folder that has no loop of links

// Always left out; a file's own '!' can take them back in, because its patterns come later.
constexpr std::string_view kAlwaysFirst = ".git/\n.batchmill/\n";
// As the original does, after all other patterns.
constexpr std::string_view kAlwaysLast = "\n__pycache__/\n";

Result<IgnoreRules> rules_of(const std::string& folder, const Files& files) {
  std::string text(kAlwaysFirst);
  for (const char* name : {".amlignore", ".gitignore"}) {
    const std::string path = folder + "/" + name;
    if (!files.exists(path)) continue;
    BM_ASSIGN(const std::string own, files.read(path));
    text += own;
    break;
  }
  return IgnoreRules(text.append(kAlwaysLast));
}

class CodeWalk {
 public:
  CodeWalk(const std::string& root, IgnoreRules rules, const Files& files)
      : root_(root), rules_(std::move(rules)), files_(files) {}

  Result<std::vector<SnapshotFile>> run() {
    BM_TRY(folder("", 0));
    std::sort(found_.begin(), found_.end(),
              [](const auto& a, const auto& b) { return a.path < b.path; });
    return std::move(found_);
  }

 private:
  Result<void> folder(const std::string& below, int depth) {
    if (depth > kDeepest) {
      return fail(ErrorKind::kInvalid, root_ + "/" + below +
                                           ": folders are nested too deeply; "
                                           "is a link leading back?");
    }
    BM_ASSIGN(const auto entries, files_.list(below.empty() ? root_ : root_ + "/" + below));
    for (const FolderEntry& entry : entries) {
      const std::string path = below.empty() ? entry.name : below + "/" + entry.name;
      if (entry.kind == FileKind::kFolder) {
        if (!rules_.prunes(path)) BM_TRY(folder(path, depth + 1));
      } else if (entry.kind == FileKind::kFile && !rules_.ignores(path)) {
        BM_ASSIGN(const FileStatus status, files_.status(root_ + "/" + path));
        found_.push_back({path, status.size, status.executable});
      }
    }
    return {};
  }

  const std::string& root_;
  IgnoreRules rules_;
  const Files& files_;
  std::vector<SnapshotFile> found_;
};

Result<void> copy_files(const std::string& from, const std::vector<SnapshotFile>& list,
                        const std::string& to, Files& files) {
  BM_TRY(files.make_folders(to));
  std::set<std::string> made;
  for (const SnapshotFile& file : list) {
    const std::string target = to + "/" + file.path;
    if (made.insert(parent_of(target)).second) BM_TRY(files.make_folders(parent_of(target)));
    BM_TRY(files.copy_tree(from + "/" + file.path, target));
  }
  return {};
}

}  // namespace

Result<std::vector<SnapshotFile>> files_of_code(const std::string& folder, const Files& files) {
  BM_ASSIGN(IgnoreRules rules, rules_of(folder, files));
  BM_ASSIGN(auto found, CodeWalk(folder, std::move(rules), files).run());
  if (found.empty()) {
    return fail(ErrorKind::kInvalid,
                "the code folder " + folder + " has no file that is not ignored");
  }
  return found;
}

Result<std::string> hash_of_code(const std::string& folder, const std::vector<SnapshotFile>& list,
                                 const Files& files) {
  std::vector<const SnapshotFile*> ordered;
  for (const SnapshotFile& file : list) ordered.push_back(&file);
  std::stable_sort(ordered.begin(), ordered.end(), [](const auto* a, const auto* b) {
    return to_lower(a->path) < to_lower(b->path);
  });
  Sha256 hash;
  hash.update(std::to_string(ordered.size()));
  for (const SnapshotFile* file : ordered) {
    hash.update("#" + file->path + "#" + std::to_string(file->size) +
                (file->executable ? "x" : ""));
  }
  constexpr std::uint64_t kPart = std::uint64_t{1} << 20;
  for (const SnapshotFile* file : ordered) {
    for (std::uint64_t at = 0; at < file->size; at += kPart) {
      BM_ASSIGN(const std::string part, files.read_range(folder + "/" + file->path, at, kPart));
      hash.update(part);
    }
  }
  return hash.hex();
}

Result<std::string> snapshot_code(const std::string& code, const WorkspaceFolder& workspace,
                                  const std::string& temporary_name, Files& files) {
  BM_ASSIGN(const FileStatus status, files.status(code));
  std::string folder = code;
  std::vector<SnapshotFile> list;
  if (status.kind == FileKind::kFolder) {
    BM_ASSIGN(list, files_of_code(code, files));
  } else {
    folder = parent_of(code);
    list.push_back({last_part_of(code), status.size, status.executable});
  }
  BM_ASSIGN(const std::string hash, hash_of_code(folder, list, files));
  const std::string snapshot = workspace.snapshots() + "/" + hash;
  if (files.exists(snapshot)) return snapshot;

  const std::string temporary = workspace.snapshots() + "/." + temporary_name;
  auto copied = copy_files(folder, list, temporary, files);
  if (copied) copied = files.rename(temporary, snapshot);
  if (!copied) {
    static_cast<void>(files.remove_tree(temporary));
    // Another submission of the same code may have been first.
    if (!files.exists(snapshot)) return tl::unexpected(copied.error());
  }
  return snapshot;
}

}  // namespace batchmill::workspace
