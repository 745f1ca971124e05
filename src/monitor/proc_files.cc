#include "monitor/proc_files.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <dirent.h>
#include <memory>

#include <fmt/format.h>

#include "monitor/proc_text.h"

namespace batchmill::monitor {

namespace {

// A tree that grows while it is read ends here.
constexpr std::size_t kMostProcesses = 100'000;

struct FolderCloser {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

struct FileCloser {
  void operator()(FILE* file) const { std::fclose(file); }
};

// Any thread of a process can have started a child.
std::vector<int> children_of(int pid) {
  std::vector<int> children;
  const std::string tasks = fmt::format("/proc/{}/task", pid);
  const std::unique_ptr<DIR, FolderCloser> folder(::opendir(tasks.c_str()));
  while (folder) {
    const dirent* entry = ::readdir(folder.get());
    if (entry == nullptr) break;
    if (entry->d_name[0] == '.') continue;
    const auto found = child_pids(read_proc(fmt::format("{}/{}/children", tasks, entry->d_name)));
    children.insert(children.end(), found.begin(), found.end());
  }
  return children;
}

void add_descendants(std::vector<int>& tree, std::size_t from) {
  for (std::size_t i = from; i < tree.size() && tree.size() < kMostProcesses; ++i) {
    const auto children = children_of(tree[i]);
    tree.insert(tree.end(), children.begin(), children.end());
  }
}

}  // namespace

std::string read_proc(const std::string& path) {
  std::string content;
  const std::unique_ptr<FILE, FileCloser> file(std::fopen(path.c_str(), "re"));
  std::array<char, 4096> buffer;
  while (file) {
    const std::size_t got = std::fread(buffer.data(), 1, buffer.size(), file.get());
    content.append(buffer.data(), got);
    if (got < buffer.size()) break;
  }
  return content;
}

std::vector<int> process_tree(int pid) {
  const auto stat = parse_process_stat(read_proc(fmt::format("/proc/{}/stat", pid)));
  if (!stat) return {};
  std::vector<int> tree = {pid};
  add_descendants(tree, 0);
  // What lost its parent was given to the process that started ours: the spawner adopts.
  for (const int sibling : children_of(stat->parent)) {
    if (std::find(tree.begin(), tree.end(), sibling) != tree.end()) continue;
    const auto other = parse_process_stat(read_proc(fmt::format("/proc/{}/stat", sibling)));
    if (!other || other->session != pid) continue;
    tree.push_back(sibling);
    add_descendants(tree, tree.size() - 1);
  }
  return tree;
}

}  // namespace batchmill::monitor
