#pragma once

#include <cstdint>
#include <string>

namespace batchmill::db {

// Whether memory that processes map from one file there may differ between machines, by the magic
// number of statfs(2). FUSE counts as network: nobody can tell what lies behind it.
bool is_network_file_system(std::uint64_t statfs_type);

// The same for the folder of `path`. False when the system cannot tell.
bool is_on_network_file_system(const std::string& path);

}  // namespace batchmill::db
