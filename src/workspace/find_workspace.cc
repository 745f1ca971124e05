#include "workspace/find_workspace.h"

#include "workspace/paths.h"

namespace batchmill::workspace {

Result<WorkspaceFolder> find_workspace(const WorkspaceSearch& search, const Files& files) {
  const std::string& named = search.flag.empty() ? search.variable : search.flag;
  if (!named.empty()) {
    return WorkspaceFolder(absolute_below(search.current_folder, named));
  }
  for (std::string folder = search.current_folder; !folder.empty();
       folder = folder == "/" ? "" : parent_of(folder)) {
    const std::string candidate = (folder == "/" ? "" : folder) + "/.batchmill";
    const auto status = files.status(candidate);
    if (status && status->kind == FileKind::kFolder) return WorkspaceFolder(candidate);
  }
  if (search.home.empty()) {
    return fail(ErrorKind::kNotFound,
                "no workspace: HOME is not set; give one with --workspace DIR");
  }
  return WorkspaceFolder(search.home + "/.batchmill");
}

Result<void> ensure_workspace(const WorkspaceFolder& workspace, Files& files) {
  if (!files.exists(workspace.root())) BM_TRY(files.make_private_folder(workspace.root()));
  for (const char* name : {"workspaceblobstore", "workspaceartifactstore", "workspacefilestore",
                           "workspaceworkingdirectory"}) {
    BM_TRY(files.make_folders(workspace.datastore(name)));
  }
  return {};
}

}  // namespace batchmill::workspace
