/* A double of libWeWorkFinanceSdk_C.so: the same seventeen symbols, a page of made-up messages, a cipher that reverses.
 *
 * Counts its allocations, prints to stdout as the real one does, and crashes when it is told to.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct { char corp[128]; char secret[128]; int pages; } Sdk;
typedef struct { char *buf; int len; } Slice;
typedef struct { char *index; int index_len; char *data; int data_len; int finish; } Media;

static int slices, medias;
#define FILE_SIZE 1300000
#define CHUNK 524288

Sdk *NewSdk(void) { return calloc(1, sizeof(Sdk)); }
int Init(Sdk *sdk, const char *corp, const char *secret) {
    printf("noise of the library\n");
    fflush(stdout);
    snprintf(sdk->corp, sizeof sdk->corp, "%s", corp);
    snprintf(sdk->secret, sizeof sdk->secret, "%s", secret);
    return strcmp(secret, "wrong") ? 0 : 10000;
}
void DestroySdk(Sdk *sdk) { free(sdk); }

Slice *NewSlice(void) { slices++; return calloc(1, sizeof(Slice)); }
void FreeSlice(Slice *slice) { slices--; free(slice->buf); free(slice); }
char *GetContentFromSlice(Slice *slice) { return slice->buf; }
int GetSliceLen(Slice *slice) { return slice->len; }
Media *NewMediaData(void) { medias++; return calloc(1, sizeof(Media)); }
void FreeMediaData(Media *media) { medias--; free(media->index); free(media->data); free(media); }
char *GetOutIndexBuf(Media *media) { return media->index; }
char *GetData(Media *media) { return media->data; }
int GetIndexLen(Media *media) { return media->index_len; }
int GetDataLen(Media *media) { return media->data_len; }
int IsMediaDataFinish(Media *media) { return media->finish; }

static void fill(Slice *slice, const char *text) {
    slice->buf = strdup(text);
    slice->len = (int)strlen(text);
}

int GetChatData(Sdk *sdk, unsigned long long seq, unsigned int limit, const char *proxy, const char *passwd, int timeout,
                Slice *out) {
    char text[2048];
    if (limit == 0 || limit > 1000 || timeout <= 0) return 10000;
    if (seq == 7) return 10009;
    if (seq == 8) { fill(out, "{\"errcode\":301058,\"errmsg\":\"page too large\"}"); return 0; }
    printf("more noise\n");
    fflush(stdout);
    snprintf(text, sizeof text,
             "{\"errcode\":0,\"errmsg\":\"%s %s %s %d/%d\",\"chatdata\":[{\"seq\":%llu,\"msgid\":\"m1\",\"publickey_ver\":3,"
             "\"encrypt_random_key\":\"k\",\"encrypt_chat_msg\":\"c\"}]}",
             sdk->corp, proxy, passwd, slices, medias, seq + 1);
    fill(out, text);
    return 0;
}

int DecryptData(const char *key, const char *message, Slice *out) {
    size_t size = strlen(message);
    if (!strcmp(message, "crash")) abort();
    if (!strcmp(message, "hang")) sleep(60);
    if (!strcmp(message, "system")) return 10003;
    if (strncmp(key, "key", 3)) return 10006;
    out->buf = malloc(size + 1);
    for (size_t i = 0; i < size; i++) out->buf[i] = message[size - 1 - i];
    out->buf[size] = 0;
    out->len = (int)size;
    return 0;
}

int GetMediaData(Sdk *sdk, const char *index, const char *fileid, const char *proxy, const char *passwd, int timeout,
                 Media *out) {
    int first = 0, last = 0, size;
    (void)sdk; (void)proxy; (void)passwd; (void)timeout;
    if (strcmp(fileid, "file")) return 10005;
    if (*index && sscanf(index, "Range:bytes=%d-%d", &first, &last) != 2) return 10000;
    size = FILE_SIZE - first < CHUNK ? FILE_SIZE - first : CHUNK;
    out->data = malloc(size);
    for (int i = 0; i < size; i++) out->data[i] = (char)((first + i) % 251); /* with NULs in it */
    out->data_len = size;
    out->finish = first + size >= FILE_SIZE;
    out->index = malloc(64);
    out->index_len = snprintf(out->index, 64, "Range:bytes=%d-%d", first + size, first + size + CHUNK - 1);
    return 0;
}
