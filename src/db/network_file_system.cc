#include "db/network_file_system.h"

#include <algorithm>
#include <array>
#include <sys/vfs.h>

namespace batchmill::db {

namespace {

constexpr std::array<std::uint64_t, 17> kNetworkTypes = {
    0x6969,      // NFS
    0xFF534D42,  // CIFS
    0x517B,      // SMB
    0xFE534D42,  // SMB 2
    0x0BD00BD0,  // Lustre
    0x47504653,  // GPFS
    0x00C36400,  // Ceph
    0x19830326,  // BeeGFS
    0x20030528,  // OrangeFS
    0xAAD7AAEA,  // PanFS
    0x5346414F,  // AFS
    0x01161970,  // GFS2
    0x7461636F,  // OCFS2
    0x01021997,  // 9p
    0x786F4256,  // VirtualBox shared folders
    0xBACBACBC,  // VMware shared folders
    0x65735546,  // FUSE
};

}  // namespace

bool is_network_file_system(std::uint64_t statfs_type) {
  // The field is signed on some systems: compare its low 32 bits.
  return std::ranges::find(kNetworkTypes, statfs_type & 0xFFFFFFFF) != kNetworkTypes.end();
}

bool is_on_network_file_system(const std::string& path) {
  const auto slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  struct statfs status {};
  if (statfs(folder.c_str(), &status) != 0) return false;
  return is_network_file_system(static_cast<std::uint64_t>(status.f_type));
}

}  // namespace batchmill::db
